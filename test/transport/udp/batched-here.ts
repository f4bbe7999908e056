/** Whether this machine must have batched UDP: where it need not, its tests are skipped; where it must, they may fail. */
export const isBatchedHere = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
