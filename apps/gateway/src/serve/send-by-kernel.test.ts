import { randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Content } from '../content/content.ts'
import { BufferPool } from './buffer-pool.ts'
import { bytesGivenTo } from './plain-socket.ts'
import { type SendDeps, send } from './send.ts'
import { openSystemCalls } from './system-calls.ts'

const MIB = 1024 * 1024
const SIZE = 6 * MIB

let directory: string
let file: number
let bytes: Buffer
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hf-kernel-'))
  bytes = randomBytes(SIZE)
  writeFileSync(join(directory, 'file'), bytes)
  file = openSync(join(directory, 'file'), 'r')
})
afterAll(() => {
  closeSync(file)
  rmSync(directory, { recursive: true })
})

/** The file as blocks of these sizes, one after the other and again; where `isKnown` says no, a block has to be read. */
const contentOf = (sizes: readonly number[], isKnown: (at: number) => boolean) => {
  const told = { read: 0, asked: 0 }
  const content: Content = {
    size: SIZE,
    body: undefined,
    boundary: (_position, limit) => limit,
    read: async (position, target) => {
      await Promise.resolve()
      told.read += target.length
      bytes.copy(target, 0, position, position + target.length)
    },
    extent: (position, limit) => {
      told.asked++
      let [start, at] = [0, 0]
      for (; start + (sizes[at % sizes.length] as number) <= position; at++) start += sizes[at % sizes.length] as number
      const left = start + (sizes[at % sizes.length] as number) - position
      return isKnown(at) ? { descriptor: file, position, length: Math.min(left, limit) } : undefined
    },
  }
  return { content, told }
}

type Served = { content: Content; start: number; end: number }
let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** Serves slices one after the other, as the gateway sends them. */
const serve = async (next: () => Served, more: Partial<SendDeps> = {}) => {
  const broken: unknown[] = []
  const responses: ServerResponse[] = []
  const sent: Promise<void>[] = []
  const calls = openSystemCalls()
  if (calls === null) throw new Error('there are no system calls here')
  const deps: SendDeps = {
    pool: new BufferPool(),
    pieceTimeoutMs: 10_000,
    hsts: null,
    calls,
    onBroken: (error) => broken.push(error),
    ...more,
  }
  server = createServer({ noDelay: true }, (_request, response) => {
    responses.push(response)
    const body = next()
    const headers = ['Content-Length', String(body.end - body.start)]
    sent.push(Promise.resolve(send(response, { status: 200, headers, body }, deps)))
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, broken, responses, sent }
}

type Got = { bytes: Buffer; whole: boolean }
const receive = (port: number, agent: Agent | false, pauses: readonly number[] = []): Promise<Got> =>
  new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', agent }, (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      const left = [...pauses]
      const finish = (): void => resolve({ bytes: Buffer.concat(chunks), whole: response.complete })
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        const pause = left.shift()
        if (pause === undefined) return
        response.pause()
        setTimeout(() => response.resume(), pause)
      })
      response.on('end', finish)
      response.on('error', finish)
    })
    request.on('error', reject)
  })

describe.runIf(process.platform === 'linux')('a body that the kernel sends', () => {
  it('is not read', async () => {
    const { content, told } = contentOf([MIB], () => true)
    const { port, responses } = await serve(() => ({ content, start: 100, end: MIB }))
    const got = await receive(port, false)
    expect(got.whole).toBe(true)
    expect(got.bytes.equals(bytes.subarray(100, MIB))).toBe(true)
    // A socket that is full at once takes a piece of 64 KiB in the usual way.
    expect(told.read).toBeLessThanOrEqual(MIB / 4)
    const { socket } = responses[0] as ServerResponse
    if (socket !== null) expect(bytesGivenTo(socket)).toBeGreaterThan(MIB - 100)
  })

  it('is the same, whatever is known of its blocks and however it is taken', async () => {
    const shape = fc.record({
      sizes: fc.array(fc.constantFrom(7_000, 40_000, 262_144, MIB, 3 * MIB), { minLength: 1, maxLength: 4 }),
      known: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
      slices: fc.array(fc.tuple(fc.nat(SIZE - 1), fc.integer({ min: 1, max: SIZE })), { minLength: 1, maxLength: 3 }),
      pauses: fc.array(fc.nat(8), { maxLength: 12 }),
    })
    await fc.assert(
      fc.asyncProperty(shape, async ({ sizes, known, slices, pauses }) => {
        const { content } = contentOf(sizes, (at) => known[at % known.length] as boolean)
        const wanted = slices.map(([start, length]) => ({ content, start, end: Math.min(SIZE, start + length) }))
        const queue = [...wanted]
        const { port, broken } = await serve(() => queue.shift() as Served)
        const agent = new Agent({ keepAlive: true, maxSockets: 1 })
        for (const { start, end } of wanted) {
          const got = await receive(port, agent, pauses)
          expect(got.whole).toBe(true)
          expect(got.bytes.equals(bytes.subarray(start, end))).toBe(true)
        }
        expect(broken).toEqual([])
        agent.destroy()
        server?.closeAllConnections()
        server?.close()
      }),
      { numRuns: 40 },
    )
  }, 60_000)

  it('follows the one before it when several are asked for at once', async () => {
    const { content } = contentOf([MIB], () => true)
    const starts = [0, 1, 2, 3]
    const { port } = await serve(() => ({ content, start: starts.shift() as number, end: MIB }))
    const socket = connect(port, '127.0.0.1')
    const asked = 'GET / HTTP/1.1\r\nHost: x\r\n'
    socket.write(`${asked}\r\n`.repeat(3) + `${asked}Connection: close\r\n\r\n`)
    const parts: Buffer[] = []
    for await (const part of socket) parts.push(part)
    let rest: Buffer = Buffer.concat(parts)
    for (const start of [0, 1, 2, 3]) {
      const body = rest.indexOf('\r\n\r\n') + 4
      expect(rest.subarray(body, body + MIB - start).equals(bytes.subarray(start, MIB))).toBe(true)
      rest = rest.subarray(body + MIB - start)
    }
    expect(rest.length).toBe(0)
  })

  it('ends the connection when what is left cannot be had', async () => {
    const { content } = contentOf([MIB / 2], () => true)
    const gone: Content = {
      ...content,
      extent: (position, limit) => {
        if (position >= MIB / 2) throw new Error('gone')
        return content.extent?.(position, limit)
      },
    }
    const { port, broken } = await serve(() => ({ content: gone, start: 0, end: SIZE }))
    const sockets: Socket[] = []
    server?.on('connection', (socket) => sockets.push(socket))
    const got = await receive(port, false)
    expect(got.whole).toBe(false)
    expect(bytesGivenTo(sockets[0] as Socket)).toBeGreaterThan(got.bytes.length)
    expect(got.bytes.equals(bytes.subarray(0, got.bytes.length))).toBe(true)
    expect(broken).toEqual([new Error('gone')])
  })

  it('before anything was sent, is the error of who asked', async () => {
    const { content } = contentOf([MIB], () => true)
    const gone: Content = {
      ...content,
      extent: () => {
        throw new Error('gone')
      },
    }
    const response = { headersSent: false, socket: fakeOpenSocket(), writableLength: 0 } as unknown as ServerResponse
    const body = { content: gone, start: 0, end: SIZE }
    const deps = { pool: new BufferPool(), pieceTimeoutMs: 1, hsts: null, calls: openSystemCalls(), onBroken: () => {} }
    expect(() => send(response, { status: 200, headers: [], body }, deps)).toThrow('gone')
  })

  it.each([
    ['a client that pauses longer than nothing may move has its time for a piece', openSystemCalls],
    ['and so it has where all is written', () => null],
  ])('%s', async (_what, calls) => {
    const { content } = contentOf([MIB], () => true)
    const { port } = await serve(() => ({ content, start: 0, end: SIZE }), { calls: calls() })
    if (server !== undefined) server.timeout = 2_000
    const got = await receive(port, false, [3_000])
    expect(got.whole).toBe(true)
    expect(got.bytes.equals(bytes)).toBe(true)
  })

  it('is left alone when the client goes, and others have their turns meanwhile', async () => {
    const { content } = contentOf([MIB], () => true)
    const { port, broken, sent } = await serve(() => ({ content, start: 0, end: SIZE }))
    const clients: Socket[] = []
    for (let at = 0; at < 8; at++) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      clients.push(socket)
    }
    const good = receive(port, false)
    await sleep(20)
    for (const socket of clients) socket.resetAndDestroy()
    expect((await good).bytes.equals(bytes)).toBe(true)
    // None waits for what never leaves.
    await Promise.all(sent)
    expect(broken).toEqual([])
  })
})

const fakeOpenSocket = () => ({ destroyed: false, writable: true, writableLength: 0, _handle: { fd: 1 } })
