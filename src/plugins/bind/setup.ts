import type { Setup } from '../../plugin/setup.ts'
import { boundAddresses } from './bind.ts'

/** `bind ADDRESS|INTERFACE… { except ADDRESS|INTERFACE… }`, as often as wanted: only checked here, server/build.ts obeys. */
export const setupBind: Setup = (_occurrences, { serverBlock, interfaceAddresses }) => {
  boundAddresses(serverBlock, interfaceAddresses)
  return {}
}
