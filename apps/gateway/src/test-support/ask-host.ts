import { request } from 'node:http'

export type HostAnswer = { status: number; headers: Record<string, string | undefined>; body: string }

export type AskHost = (
  host: string,
  path: string,
  headers?: Record<string, string>,
  method?: string,
) => Promise<HostAnswer>

/** Asks a gateway on loopback as if it had been found by this name. */
export const askHost =
  (port: number): AskHost =>
  (host, path, headers = {}, method = 'GET') =>
    new Promise((resolve, reject) => {
      const asked = request({
        host: '127.0.0.1',
        port,
        path,
        method,
        headers: { Host: host, ...headers },
        agent: false,
      })
      asked.on('error', reject)
      asked.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as HostAnswer['headers'],
            body: Buffer.concat(chunks).toString(),
          }),
        )
      })
      asked.end()
    })
