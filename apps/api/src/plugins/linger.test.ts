import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { unlimited } from '@packages/runtime/rate-limiter'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import { createShell } from '../create-shell.ts'

const MIB = 1024 * 1024
const LIMITS = { lingerMs: 1_500, lingerBytes: 4 * MIB }

let app: ApiInstance
let served: string[]
let clients: Socket[]

beforeEach(async () => {
  served = []
  clients = []
  const shell = await createShell({
    publicUrl: 'http://127.0.0.1:3000',
    rateLimiters: {
      login: unlimited,
      account: unlimited,
      anonymous: unlimited,
      credential: unlimited,
      user: unlimited,
      address: unlimited,
    },
    meter: { admit: async () => {}, sent: () => {} },
    authenticator: { authenticate: async () => null },
    lingerLimits: LIMITS,
  })
  app = shell.app
  const schema = { body: z.strictObject({ name: z.string() }) }
  app.post('/open', { schema, config: { access: 'public' as const } }, async () => ({ got: true }))
  app.post('/api/v1/closed', { config: { action: 'files:write' } }, async () => ({ got: true }))
  app.get('/seen', async () => {
    served.push('seen')
    return 'seen'
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  for (const client of clients) client.destroy()
  await app.close()
})

type Client = {
  socket: Socket
  answer: () => string
  failed: () => NodeJS.ErrnoException | undefined
  closed: Promise<unknown>
}

/** Reads nothing until it is told to, as a client that writes its whole body first. */
const open = async (): Promise<Client> => {
  const socket = connect({ port: (app.server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  clients.push(socket)
  await once(socket, 'connect')
  socket.pause()
  const received: Buffer[] = []
  let error: NodeJS.ErrnoException | undefined
  socket.on('data', (piece: Buffer) => received.push(piece))
  socket.pause()
  socket.on('error', (reason) => {
    error = reason
  })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  // The server has ended: what a client that is done does then.
  socket.on('end', () => socket.end())
  return { socket, closed, answer: () => Buffer.concat(received).toString('latin1'), failed: () => error }
}

const head = (target: string, length: number, ...more: string[]): string =>
  [`POST ${target} HTTP/1.1`, 'Host: x', `Content-Length: ${length}`, ...more, '', ''].join('\r\n')
const JSON_TYPE = 'Content-Type: application/json'

/** Writes all of it in small pieces, with pauses: longer than the server needs to refuse it. */
const writeSlowly = async ({ socket, failed }: Client, bytes: number): Promise<void> => {
  for (let sent = 0; sent < bytes && failed() === undefined; sent += 64 * 1024) {
    socket.write(Buffer.alloc(64 * 1024, 'a'))
    await sleep(10)
  }
}

describe('the reply to a body that was refused', () => {
  const rows: [string, string, string[], number][] = [
    ['too large', '/open', [JSON_TYPE], 413],
    ['of another type', '/open', ['Content-Type: text/plain'], 415],
    ['without a credential', '/api/v1/closed', [JSON_TYPE], 401],
    ['to nowhere', '/nothing', ['Content-Type: text/plain'], 404],
    ['with another method', '/seen', ['Content-Type: text/plain'], 405],
    ['to an address that cannot be read', '/%zz', [JSON_TYPE], 400],
  ]
  const ways = [
    ['keeps the connection', []],
    ['closes it', ['Connection: close']],
  ] as const

  describe.each(ways)('a client that %s', (_way, connection) => {
    it.each(rows)('is read after all of the body was written: %s', async (_what, target, headers, status) => {
      const client = await open()
      client.socket.write(head(target, 2 * MIB, ...headers, ...connection))
      await writeSlowly(client, 2 * MIB)
      expect(client.failed()).toBeUndefined()
      client.socket.resume()
      await expect.poll(client.answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*"requestId"`))
      if (connection.length > 0) await client.closed
      expect(client.failed()).toBeUndefined()
    })
  })

  it('does not end a connection that goes on', async () => {
    const client = await open()
    client.socket.write(head('/api/v1/closed', MIB, JSON_TYPE))
    await writeSlowly(client, MIB)
    client.socket.resume()
    await expect.poll(client.answer).toContain('HTTP/1.1 401')
    await sleep(LIMITS.lingerMs + 200)
    client.socket.write('GET /seen HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await client.closed
    expect(client.answer()).toMatch(/seen$/)
  })
})

describe('a sender who does not come to an end', () => {
  it('is cut off some time after the reply, while it trickles', async () => {
    const client = await open()
    client.socket.resume()
    client.socket.write(head('/api/v1/closed', MIB, JSON_TYPE))
    const trickle = setInterval(() => client.socket.write('a'), 50)
    const begun = performance.now()
    await client.closed
    clearInterval(trickle)
    expect(client.answer()).toContain('HTTP/1.1 401')
    expect(performance.now() - begun).toBeLessThan(LIMITS.lingerMs + 2_000)
  })

  it('without a credential is not read for ever, and gets the reply all the same', async () => {
    const total = 1024 * MIB
    const client = await open()
    const sockets = await new Promise<Socket[]>((resolve) => {
      app.server.on('request', (raw) => resolve([raw.socket]))
      client.socket.resume()
      client.socket.write(head('/api/v1/closed', total, JSON_TYPE))
    })
    const piece = Buffer.alloc(256 * 1024)
    const pump = (): void => {
      while (client.socket.writable && client.socket.write(piece));
    }
    client.socket.on('drain', pump)
    pump()
    await client.closed
    expect(client.answer()).toContain('HTTP/1.1 401')
    // What was under way when reading stopped comes on top.
    expect(sockets[0]?.bytesRead).toBeLessThan(LIMITS.lingerBytes + MIB)
  })
})

describe('a reply with Connection: close', () => {
  it('is the last: what is sent after the refused body is not served', async () => {
    const client = await open()
    client.socket.resume()
    client.socket.write(head('/open', 2 * MIB, JSON_TYPE, 'Connection: close'))
    client.socket.write(Buffer.alloc(2 * MIB - 10))
    await expect.poll(client.answer).toContain('HTTP/1.1 413')
    await sleep(200)
    // Node's parser refuses it (RFC 9112, 9.6).
    client.socket.write(`${'a'.repeat(10)}GET /seen HTTP/1.1\r\nHost: x\r\n\r\n`)
    await client.closed
    expect(served).toEqual([])
  })
})
