import { freePort } from '../peers/port.ts'
import type { Start } from './server.ts'
import { startServer } from './server.ts'

/** What a start from manifests comes to, where nothing of a live cluster is to be loaded: one after the other. */
export async function measureManifests(server: readonly string[], folder: string, rounds: number): Promise<Start[]> {
  const host = '127.0.0.1'
  const starts: Start[] = []
  for (let round = 0; round < rounds; round++) {
    const port = await freePort(host)
    const command = [...server, 'serve', '-f', folder, '--listen', `${host}:${port}`]
    const { running, start } = await startServer(command, { host, port }, 'web.shop.svc.cluster.local')
    await running.stop()
    starts.push(start)
  }
  return starts
}
