import { connect } from 'node:net'

export type RawResponse = { status: number; head: string; body: string; all: Buffer }

/** Sends bytes as they are, and collects what comes until the server ends the connection (or `waitMs` pass). */
export const rawRequest = (port: number, bytes: string | Buffer, waitMs = 3000): Promise<RawResponse> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    const finish = (): void => {
      clearTimeout(timer)
      socket.destroy()
      const all = Buffer.concat(chunks)
      const [head = '', ...rest] = all.toString('latin1').split('\r\n\r\n')
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body: rest.join('\r\n\r\n'), all })
    }
    const timer = setTimeout(finish, waitMs)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('end', finish)
    socket.on('close', finish)
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? finish() : reject(error)))
  })

/** A whole request that asks for the connection to end. */
export const requestText = (method: string, target: string, headers: string[] = []): string =>
  [`${method} ${target} HTTP/1.1`, 'Host: gateway.test', 'Connection: close', ...headers, '', ''].join('\r\n')
