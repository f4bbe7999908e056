import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manifestSource } from '../../../src/cluster/manifests/source.ts'
import { clusterSourceContract } from '../../contract/cluster-source.ts'
import type { ObjectRef } from '../../support/api-server/objects.ts'

clusterSourceContract('manifests on disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cluster-dns-contract-'))
  const fileOf = ({ kind, metadata: { namespace = '', name } }: ObjectRef) =>
    join(folder, `${kind}.${namespace}.${name}.json`)
  const write = async (file: string, text: string) => {
    await writeFile(`${file}.new`, text)
    await rename(`${file}.new`, file)
  }
  const wrong = join(folder, 'wrong.yaml')
  return {
    async put(...objects) {
      for (const object of objects) await write(fileOf(object), JSON.stringify(object))
    },
    async remove(...refs) {
      for (const ref of refs) await rm(fileOf(ref), { force: true })
    },
    break: () => write(wrong, 'kind: Service\nmetadata: [\n'),
    mend: () => rm(wrong),
    source: (logger) => manifestSource([folder], { logger }),
    end: () => rm(folder, { recursive: true, force: true }),
  }
})
