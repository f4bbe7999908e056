import { CorefileError } from '../corefile/errors.ts'
import type { Directive } from '../corefile/model.ts'
import { chain } from '../plugin/chain.ts'
import { mergeSettings } from '../plugin/settings.ts'
import { type Plugin, PluginSetupError, type SetupContext } from '../plugin/setup.ts'
import { pluginOrder } from '../plugins/order.ts'
import { ServerError } from '../util/errors.ts'
import type { RunningBlock } from './zones.ts'

export type ConfigurationError = CorefileError | PluginSetupError

/** Takes an error, and may throw it; if it does not, what is wrong is left out of what is built. */
export type Refuse = (error: ConfigurationError) => void

/** Makes the chain of one server block: the plugins that its directives ask for. */
export function buildBlock(context: SetupContext, refuse: Refuse): RunningBlock {
  const plugins = setupPlugins(context, refuse)
  const [view] = plugins.flatMap((plugin) => plugin.view ?? [])
  const links = plugins.flatMap(({ handler, observer }) => handler?.name ?? observer?.name ?? [])
  context.offers.links = links
  return {
    chain: chain(
      plugins.flatMap(({ handler }) => handler ?? []),
      links.at(-1),
    ),
    plugins: links,
    observers: plugins.flatMap(({ observer }) => observer ?? []),
    notifyReceivers: plugins.flatMap(({ notifyReceiver }) => notifyReceiver ?? []),
    endpoints: plugins.flatMap(({ endpoint }) => endpoint ?? []),
    settings: mergeSettings(plugins.flatMap(({ settings }) => settings ?? [])),
    services: plugins.flatMap(({ service }) => service ?? []),
    ...(view && { view }),
  }
}

/** In the order of the chain, which is not that of the file. */
function setupPlugins(context: SetupContext, refuse: Refuse): Plugin[] {
  return pluginOrder.flatMap(({ name, setup }) => {
    const occurrences = context.serverBlock.directives.filter((directive) => directive.name === name)
    const [first] = occurrences
    if (first === undefined) return []
    const plugin = setup === undefined ? notSupported(first) : trySetup(name, () => setup(occurrences, context))
    if (!(plugin instanceof ServerError)) return plugin
    refuse(plugin)
    return []
  })
}

function trySetup(name: string, setup: () => Plugin): Plugin | PluginSetupError {
  try {
    return setup()
  } catch (error) {
    if (error instanceof CorefileError) return new PluginSetupError(name, error)
    throw error
  }
}

function notSupported(directive: Directive): CorefileError {
  return new CorefileError(directive, `directive '${directive.name}' is not supported by cluster-dns`)
}
