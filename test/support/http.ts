import { request } from 'node:http'

export interface Got {
  readonly status: number | undefined
  readonly body: string
  readonly type: string | undefined
}

/** Asks as a probe does, on a connection of its own; rejects where there is no response. */
export function get(url: string, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, method }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.once('error', reject)
      response.once('end', () => {
        resolve({ status: response.statusCode, body, type: response.headers['content-type'] })
      })
    })
      .once('error', reject)
      .end()
  })
}

/** Status and body: `200 OK`; the system's code where nobody listens. */
export async function probe(url: string): Promise<string> {
  try {
    const { status, body } = await get(url)
    return `${status} ${body}`
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}
