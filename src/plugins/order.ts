/**
 * plugins: one folder for each directive of the Corefile. Here is the one list of them, in the order in which a query
 * walks the chain, whatever the order of the lines in a server block.
 *
 * The order is that of CoreDNS 1.14.7 (plugin.cfg); the reasons beside it are why a link stands above those below it.
 */
import type { Setup } from '../plugin/setup.ts'
import { setupAcl } from './acl/setup.ts'
import { setupAny } from './any/setup.ts'
import { setupAuto } from './auto/setup.ts'
import { setupAutopath } from './autopath/setup.ts'
import { setupBind } from './bind/setup.ts'
import { setupBufsize } from './bufsize/setup.ts'
import { setupCache } from './cache/setup.ts'
import { setupCancel } from './cancel/setup.ts'
import { setupChaos } from './chaos/setup.ts'
import { setupDebug } from './debug/setup.ts'
import { setupDns64 } from './dns64/setup.ts'
import { setupErratic } from './erratic/setup.ts'
import { setupErrors } from './errors/setup.ts'
import { setupFile } from './file/setup.ts'
import { setupForward } from './forward/setup.ts'
import { setupHeader } from './header/setup.ts'
import { setupHealth } from './health/setup.ts'
import { setupHosts } from './hosts/setup.ts'
import { setupExternal } from './k8s_external/setup.ts'
import { setupKubernetes } from './kubernetes/setup.ts'
import { setupLoadbalance } from './loadbalance/setup.ts'
import { setupLocal } from './local/setup.ts'
import { setupLog } from './log/setup.ts'
import { setupLoop } from './loop/setup.ts'
import { setupMetadata } from './metadata/setup.ts'
import { setupMinimal } from './minimal/setup.ts'
import { setupMultisocket } from './multisocket/setup.ts'
import { setupNsid } from './nsid/setup.ts'
import { setupPprof } from './pprof/setup.ts'
import { setupPrometheus } from './prometheus/setup.ts'
import { setupReady } from './ready/setup.ts'
import { setupReload } from './reload/setup.ts'
import { setupRewrite } from './rewrite/setup.ts'
import { setupRoot } from './root/setup.ts'
import { setupSecondary } from './secondary/setup.ts'
import { setupShed } from './shed/setup.ts'
import { setupTemplate } from './template/setup.ts'
import { setupTimeouts } from './timeouts/setup.ts'
import { setupTls } from './tls/setup.ts'
import { setupTransfer } from './transfer/setup.ts'
import { setupView } from './view/setup.ts'
import { setupWhoami } from './whoami/setup.ts'

export interface PluginEntry {
  readonly name: string
  /** Absent: CoreDNS has it, and it is not meant to be here. It serves another purpose: clouds, signing, tracing, transports. */
  readonly setup?: Setup
}

export const pluginOrder: readonly PluginEntry[] = [
  // What is set for the block as a whole: paths, sockets, limits, transports.
  { name: 'root', setup: setupRoot }, // all below it may name files
  { name: 'metadata', setup: setupMetadata },
  { name: 'geoip' },
  { name: 'cancel', setup: setupCancel },
  { name: 'proxyproto' },
  { name: 'quic' },
  { name: 'grpc_server' },
  { name: 'https' },
  { name: 'https3' },
  { name: 'timeouts', setup: setupTimeouts },
  { name: 'multisocket', setup: setupMultisocket },
  { name: 'reload', setup: setupReload },
  { name: 'nsid', setup: setupNsid },
  { name: 'bufsize', setup: setupBufsize },
  { name: 'bind', setup: setupBind },
  { name: 'debug', setup: setupDebug },
  { name: 'trace' },
  // What watches the process from outside. The first two are no links: a query never comes to them.
  { name: 'ready', setup: setupReady },
  { name: 'health', setup: setupHealth },
  { name: 'pprof', setup: setupPprof },
  { name: 'shed', setup: setupShed },
  { name: 'prometheus', setup: setupPrometheus }, // counts what any link below it answers
  { name: 'errors', setup: setupErrors }, // sees whatever any plugin below throws
  { name: 'log', setup: setupLog }, // sees the answer as the client gets it
  // What answers or refuses of itself, before any data is looked at.
  { name: 'dnstap' },
  { name: 'local', setup: setupLocal },
  { name: 'dns64', setup: setupDns64 }, // asks the whole server once more, for another type
  { name: 'any', setup: setupAny },
  { name: 'chaos', setup: setupChaos },
  { name: 'loadbalance', setup: setupLoadbalance }, // orders what comes from any source, cached or fresh
  // What changes the question or the answer of the sources below.
  { name: 'tsig' },
  { name: 'rewrite', setup: setupRewrite },
  { name: 'autopath', setup: setupAutopath }, // asks all below it, perhaps several times for one query
  { name: 'acl', setup: setupAcl },
  { name: 'cache', setup: setupCache }, // what it keeps is ordered and rewritten by those above for each client
  { name: 'header', setup: setupHeader },
  { name: 'dnssec' },
  { name: 'tls', setup: setupTls },
  { name: 'minimal', setup: setupMinimal },
  { name: 'template', setup: setupTemplate }, // what a user makes up goes before what there is
  // Sources of records, those that a user writes by hand before those that are found.
  { name: 'transfer', setup: setupTransfer }, // zones as a whole, which the sources themselves refuse
  { name: 'hosts', setup: setupHosts },
  { name: 'route53' },
  { name: 'azure' },
  { name: 'clouddns' },
  { name: 'k8s_external', setup: setupExternal }, // its zones may lie within those of the cluster
  { name: 'kubernetes', setup: setupKubernetes }, // names of the cluster are never asked of anybody else
  { name: 'file', setup: setupFile },
  { name: 'auto', setup: setupAuto },
  { name: 'secondary', setup: setupSecondary },
  { name: 'etcd' },
  { name: 'loop', setup: setupLoop },
  { name: 'forward', setup: setupForward }, // all that is not known here
  { name: 'grpc' },
  { name: 'erratic', setup: setupErratic },
  { name: 'whoami', setup: setupWhoami }, // answers everything: nothing below it is ever asked
  { name: 'on' },
  { name: 'sign' },
  { name: 'view', setup: setupView }, // the server has asked it before any link
  { name: 'nomad' },
]
