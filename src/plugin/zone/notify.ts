import type { Name } from '../../dns/name.ts'
import type { SetupContext } from '../setup.ts'

/** The plugin whose zone it is, as its lines in the log begin, and what it was set up with. */
export interface NotifyContext extends Pick<SetupContext, 'log' | 'offers'> {
  readonly plugin: string
}

/** Has the plugin `transfer`, where it is there, tell a zone's secondaries that it has changed; what comes of it is logged. */
export function tellSecondaries(zone: Name, { plugin, log, offers }: NotifyContext): void {
  void offers.notifySecondaries?.(zone).then((problems) => {
    for (const problem of problems) log.warning(`plugin/${plugin}: Failed sending notifies: ${problem}`)
  })
}
