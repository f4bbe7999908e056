import type { Plugin } from 'esbuild'

/**
 * What @kubernetes/client-node imports for what we never ask of it: its generated clients, and undici to send their
 * requests. We take credentials from it (src/cluster/live/access.ts) and send requests ourselves.
 *
 * Loaded, they are 2 MB of code and some 30 MB of memory, where a cluster's DNS Pod has 128. Were one of them called after
 * all, that throws its name.
 */
const leftOut = /^(undici|\.\/gen\/index\.js|\.\/middleware\.js)$/

export const leaveOut: Plugin = {
  name: 'leave-out',
  setup(build) {
    build.onResolve({ filter: leftOut }, ({ path, importer }) =>
      importer.includes('@kubernetes/client-node/dist') ? { path, namespace: 'left-out' } : undefined,
    )
    // CommonJS: whatever name is imported from it, it has one.
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, {
        get: (_, name) => function () { throw new Error(String(name) + ' of ${path} is not in the bundle') },
      })`,
    }))
  },
}
