import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { afterEach, describe, expect, it } from 'vitest'
import { readBody } from './request-body.ts'

let server: Server | undefined
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server?.close()
})

/** A server that hands each request over, and a client that has sent the head of one. */
const request = async (length: number): Promise<{ socket: Socket; raw: Promise<IncomingMessage> }> => {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>()
  server = createServer((raw) => resolve(raw)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const socket = connect(address.port, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => {})
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`)
  return { socket, raw: promise }
}
const codeOf = async (run: Promise<unknown>): Promise<string> => {
  const error = await run.then(
    () => 'none',
    (reason: unknown) => reason,
  )
  return error instanceof HoldfastError ? error.code : String(error)
}
const drain = async (body: AsyncIterable<Uint8Array>): Promise<number> => {
  let bytes = 0
  for await (const piece of body) bytes += piece.length
  return bytes
}

describe('readBody', () => {
  it('gives the whole body', async () => {
    const { socket, raw } = await request(1_000_000)
    socket.write(Buffer.alloc(1_000_000))
    expect(await drain(readBody(await raw, { idleMs: 5_000 }))).toBe(1_000_000)
  })

  it('fails with truncated_body when the client goes away', async () => {
    const { socket, raw } = await request(1_000)
    const read = drain(readBody(await raw, { idleMs: 5_000 }))
    socket.write('some')
    socket.destroy()
    expect(await codeOf(read)).toBe('truncated_body')
  })

  it('fails with request_timeout when nothing comes, not while something does', async () => {
    const { socket, raw } = await request(1_000)
    const read = drain(readBody(await raw, { idleMs: 300 }))
    const code = codeOf(read)
    for (let n = 0; n < 6; n++) {
      socket.write('x')
      await sleep(100)
    }
    expect(await Promise.race([code, sleep(50, 'still reading')])).toBe('still reading')
    expect(await code).toBe('request_timeout')
  })

  it('fails with request_timeout when too little comes, for long', async () => {
    const { socket, raw } = await request(1_000_000)
    let clock = 0
    const now = () => (clock += 10_000)
    const body = readBody(await raw, { slowMs: 60_000, minBytesPerSecond: 1_024, now })
    const readOne = async (length: number) => {
      socket.write(Buffer.alloc(length))
      return body.next()
    }
    // Each piece is waited for 10 s; the time between two is the reader's own.
    for (let n = 0; n < 6; n++) expect((await readOne(1)).done).toBe(false)
    expect(await codeOf(readOne(1))).toBe('request_timeout')
  })

  it('bears with a sender who keeps to the least rate', async () => {
    const { socket, raw } = await request(1_000_000)
    let clock = 0
    const body = readBody(await raw, { slowMs: 60_000, minBytesPerSecond: 1, now: () => (clock += 10_000) })
    for (let n = 0; n < 20; n++) {
      socket.write(Buffer.alloc(11))
      expect((await body.next()).done).toBe(false)
    }
  })

  it('slows the sender down to the reader', async () => {
    const total = 64 * 1024 * 1024
    const { socket, raw } = await request(total)
    let sent = 0
    const piece = Buffer.alloc(256 * 1024)
    const pump = async (): Promise<void> => {
      for (; sent < total; sent += piece.length) if (!socket.write(piece)) await once(socket, 'drain')
    }
    const pumping = pump()
    const body = readBody(await raw, { idleMs: 5_000 })
    await body.next()
    await sleep(300)
    // The rest waits in the two kernels' buffers, not in this process.
    expect((await raw).readableLength).toBeLessThan(1024 * 1024)
    expect(sent).toBeLessThan(total / 2)
    await drain(body)
    await pumping
  })

  it('leaves the connection open when the reader stops early', async () => {
    const { socket, raw } = await request(1_000)
    socket.write(Buffer.alloc(500))
    for await (const _ of readBody(await raw, { idleMs: 5_000 })) break
    await sleep(50)
    expect((await raw).destroyed).toBe(false)
  })
})
