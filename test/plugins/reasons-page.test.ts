import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import * as zones from '../../src/plugin/zone/reasons.ts'
import * as acl from '../../src/plugins/acl/reasons.ts'
import * as autopath from '../../src/plugins/autopath/reasons.ts'
import * as cache from '../../src/plugins/cache/reasons.ts'
import * as dns64 from '../../src/plugins/dns64/reasons.ts'
import * as erratic from '../../src/plugins/erratic/reasons.ts'
import * as forward from '../../src/plugins/forward/reasons.ts'
import * as hosts from '../../src/plugins/hosts/reasons.ts'
import * as external from '../../src/plugins/kubernetes/external-reasons.ts'
import * as local from '../../src/plugins/local/reasons.ts'
import * as loop from '../../src/plugins/loop/reasons.ts'
import * as rewrite from '../../src/plugins/rewrite/reasons.ts'
import * as template from '../../src/plugins/template/reasons.ts'

const page = readFileSync(new URL('../../docs/reasons.md', import.meta.url), 'utf8')

describe('docs/reasons.md', () => {
  for (const { heading, reasons } of [
    { heading: 'k8s_external', reasons: external },
    { heading: 'file', reasons: zones },
    { heading: 'autopath', reasons: autopath },
    { heading: 'cache', reasons: cache },
    { heading: 'forward', reasons: forward },
    { heading: 'acl', reasons: acl },
    { heading: 'local', reasons: local },
    { heading: 'loop', reasons: loop },
    { heading: 'hosts', reasons: hosts },
    { heading: 'rewrite', reasons: rewrite },
    { heading: 'erratic', reasons: erratic },
    { heading: 'dns64', reasons: dns64 },
    { heading: 'template', reasons: template },
  ]) {
    it(`has a row for each reason of ${heading}, and no other`, () => {
      const [, section = ''] = page.split(`\n## ${heading}\n`)
      const rows = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code)
      expect(rows.toSorted()).to.deep.equal(
        Object.values(reasons)
          .map(({ code }) => code)
          .toSorted(),
      )
    })
  }
})
