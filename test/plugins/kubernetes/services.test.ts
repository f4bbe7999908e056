import { serveFixture, type TestServer } from '../../support/serve.ts'
import { nodata, nxdomain, testQueries } from '../../support/table.ts'

const shop = 'shop.svc.cluster.local.'
const dual = 'dual.svc.cluster.local.'

describe('kubernetes: Services with a cluster IP (DNS specification 2.3)', () => {
  let server: TestServer
  before(async () => {
    server = await serveFixture('shop')
  })

  testQueries(
    () => server,
    [
      { title: 'ClusterIP', ask: `web.${shop} A`, answer: [`web.${shop} 5 IN A 10.96.0.20`] },
      { title: 'the other family: NODATA', ask: `web.${shop} AAAA`, ...nodata },
      {
        title: 'NodePort resolves to its cluster IP',
        ask: `admin.${shop} A`,
        answer: [`admin.${shop} 5 IN A 10.96.0.40`],
      },
      {
        title: 'LoadBalancer resolves to its cluster IP, not to the address outside',
        ask: `storefront.${shop} A`,
        answer: [`storefront.${shop} 5 IN A 10.96.0.50`],
      },
      { title: 'no such Service', ask: `nope.${shop} A`, ...nxdomain },
      { title: 'no such namespace', ask: 'web.nope.svc.cluster.local. A', ...nxdomain },
      {
        title: 'SRV of a named port, with the address in the additional section',
        ask: `_http._tcp.web.${shop} SRV`,
        answer: [`_http._tcp.web.${shop} 5 IN SRV 0 100 80 web.${shop}`],
        additional: [`web.${shop} 5 IN A 10.96.0.20`],
      },
      {
        title: 'SRV of a UDP port',
        ask: `_statsd._udp.api.${shop} SRV`,
        answer: [`_statsd._udp.api.${shop} 5 IN SRV 0 100 8125 api.${shop}`],
        additional: [`api.${shop} 5 IN A 10.96.0.30`],
      },
      {
        title: 'SRV of the Service itself has all of its ports, which share the weight',
        ask: `api.${shop} SRV`,
        answer: [80, 9090, 8125].map((port) => `api.${shop} 5 IN SRV 0 33 ${port} api.${shop}`),
        additional: [`api.${shop} 5 IN A 10.96.0.30`],
      },
      { title: 'SRV of a port under another protocol', ask: `_statsd._tcp.api.${shop} SRV`, ...nxdomain },
      { title: 'SRV of a port that there is not', ask: `_nope._tcp.api.${shop} SRV`, ...nxdomain },
      { title: 'SRV with port and protocol exchanged', ask: `_tcp._http.web.${shop} SRV`, ...nxdomain },
      { title: 'two underscores', ask: `__http._tcp.web.${shop} SRV`, ...nxdomain },
      {
        title: 'A at the name of a port is the cluster IP, as in CoreDNS',
        ask: `_http._tcp.web.${shop} A`,
        answer: [`_http._tcp.web.${shop} 5 IN A 10.96.0.20`],
      },
      { title: 'A at the name of a port that there is not', ask: `_nope._tcp.web.${shop} A`, ...nxdomain },
      {
        title: 'port labels without underscores, as in CoreDNS',
        ask: `http.tcp.web.${shop} SRV`,
        answer: [`http.tcp.web.${shop} 5 IN SRV 0 100 80 web.${shop}`],
        additional: [`web.${shop} 5 IN A 10.96.0.20`],
      },
      {
        title: 'an empty port and protocol ask for all, as in CoreDNS',
        ask: `_._.web.${shop} SRV`,
        answer: [`_._.web.${shop} 5 IN SRV 0 100 80 web.${shop}`],
        additional: [`web.${shop} 5 IN A 10.96.0.20`],
      },
      {
        title: 'a port without a name is in the SRV of the Service, as in CoreDNS',
        ask: `cache.${shop} SRV`,
        answer: [`cache.${shop} 5 IN SRV 0 100 6379 cache.${shop}`],
        additional: [`cache.${shop} 5 IN A 10.109.95.65`],
      },
      {
        title: 'a port without a name, asked for without one',
        ask: `_._tcp.cache.${shop} SRV`,
        answer: [`_._tcp.cache.${shop} 5 IN SRV 0 100 6379 cache.${shop}`],
        additional: [`cache.${shop} 5 IN A 10.109.95.65`],
      },
      { title: 'a port without a name has no name of its own', ask: `_6379._tcp.cache.${shop} SRV`, ...nxdomain },
      {
        title: 'an endpoint behind a cluster IP has a name',
        ask: `10-244-0-21.web.${shop} A`,
        answer: [`10-244-0-21.web.${shop} 5 IN A 10.244.0.21`],
      },
      {
        title: 'and an SRV record, with the port of the endpoint',
        ask: `10-244-0-21.web.${shop} SRV`,
        answer: [`10-244-0-21.web.${shop} 5 IN SRV 0 100 8080 10-244-0-21.web.${shop}`],
        additional: [`10-244-0-21.web.${shop} 5 IN A 10.244.0.21`],
      },
      { title: 'no such endpoint', ask: `10-244-0-99.web.${shop} A`, ...nxdomain },
      { title: 'more labels than a name may have', ask: `x._http._tcp.web.${shop} SRV`, ...nxdomain },
    ],
  )
})

describe('kubernetes: Services of both families (DNS specification 2.3.1)', () => {
  let server: TestServer
  before(async () => {
    server = await serveFixture('dual-stack')
  })

  const both = [`web.${dual} 5 IN A 10.96.1.20`, `web.${dual} 5 IN AAAA fd00:10:96::1:20`]
  testQueries(
    () => server,
    [
      { title: 'A', ask: `web.${dual} A`, answer: both.slice(0, 1) },
      { title: 'AAAA', ask: `web.${dual} AAAA`, answer: both.slice(1) },
      {
        title: 'one SRV record of half the weight, with both addresses',
        ask: `_http._tcp.web.${dual} SRV`,
        answer: [`_http._tcp.web.${dual} 5 IN SRV 0 50 80 web.${dual}`],
        additional: both,
      },
      { title: 'IPv6 alone', ask: `six.${dual} AAAA`, answer: [`six.${dual} 5 IN AAAA fd00:10:96::1:60`] },
      { title: 'A of IPv6 alone: NODATA', ask: `six.${dual} A`, ...nodata },
      { title: 'AAAA of IPv4 alone: NODATA', ask: `four.${dual} AAAA`, ...nodata },
      {
        title: 'the name of an IPv6 endpoint',
        ask: `fd00-10-244--1-20.web.${dual} AAAA`,
        answer: [`fd00-10-244--1-20.web.${dual} 5 IN AAAA fd00:10:244::1:20`],
      },
    ],
  )
})
