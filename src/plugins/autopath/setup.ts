import { noBlock, onlyOccurrence, readZones } from '../../corefile/directive-reader.ts'
import { CorefileError } from '../../corefile/errors.ts'
import type { Token } from '../../corefile/model.ts'
import type { Name } from '../../dns/name.ts'
import { fileProblem } from '../../plugin/file-problem.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'
import { autopath } from './autopath.ts'
import type { PathConfig } from './config.ts'
import { readSearchPath } from './resolv-conf.ts'

/** Where this server's own search path is read: as Pods inherit their node's, they share its last elements. */
const ownResolvConf = '/etc/resolv.conf'

/** `autopath [ZONES…] RESOLV-CONF|@PLUGIN`. */
export const setupAutopath: Setup = (occurrences, context) => {
  const directive = onlyOccurrence(occurrences)
  noBlock(directive)
  const path = directive.args.at(-1)
  if (path === undefined) throw new CorefileError(directive, 'no resolv-conf specified')
  const config = { path: readPath(path, context), zones: readZones(directive.args.slice(0, -1), context.serverBlock) }
  const { metrics, serverLabel } = context
  const success = metrics.counter({
    name: 'coredns_autopath_success_total',
    help: 'Queries that were answered by walking the search path.',
    labels: ['server'],
  })
  const found = () => {
    success.of(serverLabel).value++
  }
  return { handler: autopath(config, { offers: context.offers, found }) }
}

function readPath(token: Token, context: SetupContext): PathConfig {
  if (!token.text.startsWith('@')) return { kind: 'fixed', search: readFile(token, context) }
  const plugin = token.text.slice(1)
  checkPlugin(plugin, token, context)
  return { kind: 'client', plugin, further: readOwnPath(context) }
}

function readFile(token: Token, { files }: SetupContext): Name[] {
  try {
    return readSearchPath(files.readText(token.text))
  } catch (error) {
    const message = `failed to parse ${JSON.stringify(token.text)}: ${fileProblem(error, token.text)}`
    throw new CorefileError(token, message, { cause: error })
  }
}

/** CoreDNS says nothing where there is no such plugin, and does nothing either. */
function checkPlugin(plugin: string, token: Token, { serverBlock, log }: SetupContext): void {
  if (!serverBlock.directives.some(({ name }) => name === plugin)) {
    log.warning(
      `plugin/autopath: ${token.file}:${token.line}: without effect: there is no plugin ${plugin} in this block`,
    )
  } else if (plugin !== 'kubernetes') {
    throw new CorefileError(token, `${plugin} does not implement the AutoPather interface`)
  }
}

function readOwnPath({ files }: SetupContext): Name[] {
  try {
    return readSearchPath(files.readText(ownResolvConf))
  } catch {
    return [] // as in CoreDNS: then there is none
  }
}
