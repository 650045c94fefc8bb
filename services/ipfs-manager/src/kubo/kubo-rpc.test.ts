import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { KuboRpc } from './kubo-rpc.ts'

type Asked = { method: string | undefined; url: string | undefined; authorization: string | undefined; body: string }

const serve = async (answer: RequestListener) => {
  const asked: Asked[] = []
  const closed: string[] = []
  const server = createServer((request, response) => {
    const entry: Asked = {
      method: request.method,
      url: request.url,
      authorization: request.headers.authorization,
      body: '',
    }
    asked.push(entry)
    request.on('data', (piece) => (entry.body += piece))
    request.on('error', () => {})
    response.on('close', () => void (response.writableFinished || closed.push(request.url ?? '')))
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    closed,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

const rpcOf = (server: { url: string }, token: string | null = null) => new KuboRpc({ url: server.url, token })
const call = { timeoutMs: 5_000 }

/** A 200, some lines, and what went wrong in the trailer: as Kubo does. */
const failLater = (response: ServerResponse, lines: string, error?: string): void => {
  response.writeHead(200, { trailer: 'X-Stream-Error' })
  response.write(lines)
  if (error !== undefined) response.addTrailers({ 'X-Stream-Error': error })
  response.end()
}

const file = async function* (...pieces: string[]) {
  for (const piece of pieces) yield Buffer.from(piece)
}
const brokenFile = async function* () {
  yield Buffer.from('a')
  throw new RangeError('the disk')
}

/** What a proxy says that repeats what it was asked. */
const repeating = ({ headers: { authorization = '' } }: IncomingMessage): string =>
  `not for ${authorization}, that is ${authorization.split(' ')[1]} or a-password-of-ours`

describe('a call', () => {
  it('is a POST with its arguments, options, its own time limit and the credentials', async () => {
    await using server = await serve((_, response) => response.end('{"a":1}'))
    const options = { type: 'recursive', names: true }
    const answer = await rpcOf(server, 'secret').json('pin/ls', { args: ['a b', 'c'], options, timeoutMs: 1_500 })
    await rpcOf(server, 'basic:ada:pass:word').json('id', call)
    await rpcOf(server, 'bearer:x').json('id', call)
    await rpcOf(server, 'secret').asStranger().json('id', call)
    expect(answer).toEqual({ a: 1 })
    expect(server.asked.map(({ method, url }) => `${method} ${url}`).at(0)).toBe(
      'POST /api/v0/pin/ls?arg=a+b&arg=c&type=recursive&names=true&timeout=1500ms',
    )
    expect(server.asked.map(({ authorization }) => authorization)).toEqual([
      'Bearer secret',
      `Basic ${Buffer.from('ada:pass:word').toString('base64')}`,
      'Bearer x',
      undefined,
    ])
  })

  it('gives lines as they come, however they are cut', async () => {
    await using server = await serve(async (_, response) => {
      for (const piece of ['{"a":', '1}\n\n{"a":2}\n{"', 'a":3}']) {
        response.write(piece)
        await sleep(1)
      }
      response.end()
    })
    expect(await Array.fromAsync(rpcOf(server).lines('pin/ls', call))).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }])
  })

  it('sends files in parts, each framed by what no file can know', async () => {
    await using server = await serve((request, response) => request.on('end', () => response.end('{}')))
    for (let turn = 0; turn < 2; turn++)
      await rpcOf(server).json('dag/import', { ...call, files: [file('one', 'two'), file('three')] })
    const [first, second] = server.asked.map(({ body }) => body)
    expect(first).toMatch(/^--(\w{32})\r\n(?:.+\r\n)+\r\nonetwo\r\n--\1\r\n(?:.+\r\n)+\r\nthree\r\n--\1--\r\n$/)
    expect(first?.slice(0, 34)).not.toBe(second?.slice(0, 34))
  })
})

describe('what fails', () => {
  it.each<[string, RequestListener, object]>([
    [
      'in a trailer, after a 200 and 2 MB',
      (_, r) => failLater(r, `{"a":"${'x'.repeat(1_000)}"}\n`.repeat(2_000), 'merkledag: not found'),
      { kind: 'failed', message: 'merkledag: not found' },
    ],
    [
      'by its own deadline, in a trailer',
      (_, r) => failLater(r, '{}\n', 'context deadline exceeded'),
      { kind: 'timeout' },
    ],
    [
      'by its own deadline, at once',
      (_, r) => r.writeHead(500).end('{"Message":"pin: context deadline exceeded"}'),
      { kind: 'timeout' },
    ],
    [
      'in words',
      (_, r) => r.writeHead(500).end('{"Message":"not pinned","Code":0,"Type":"error"}'),
      { kind: 'failed', message: 'not pinned' },
    ],
    ['for its credentials', (_, r) => r.writeHead(403).end('Kubo RPC Access Denied'), { kind: 'denied' }],
    ['by an answer of something else', (_, r) => r.writeHead(302, { location: '/' }).end(), { kind: 'strange' }],
    ['by what is no JSON', (_, r) => r.end('<html>'), { kind: 'strange' }],
    [
      'by half an answer with a length',
      (_, r) => void r.writeHead(200, { 'content-length': 9 }).write('{}\n', () => r.destroy()),
      { kind: 'unreachable' },
    ],
    [
      'by half an answer without one',
      (_, r) => void r.writeHead(200).write('{}\n', () => r.destroy()),
      { kind: 'unreachable' },
    ],
    ['by no answer', (_, r) => void r.destroy(), { kind: 'unreachable' }],
    ['by a line without end', (_, r) => r.end('x'.repeat(2_000_000)), { kind: 'strange' }],
  ])('%s, is an error', async (_what, answer, error) => {
    await using server = await serve(answer)
    await expect(Array.fromAsync(rpcOf(server).lines('pin/ls', call))).rejects.toMatchObject(error)
  })

  it('is unreachable where nobody listens, and names no address', async () => {
    const server = await serve(() => {})
    await server[Symbol.asyncDispose]()
    const error = await rpcOf(server, 'canary')
      .json('id', call)
      .catch((problem: Error) => problem)
    expect(error).toMatchObject({ kind: 'unreachable', message: 'no answer (ECONNREFUSED)' })
  })

  it.each(['a-token-of-ours', 'bearer:a-token-of-ours', 'basic:ada:a-password-of-ours'])(
    'repeats nothing of the credentials, whatever stands before the node: %s',
    async (token) => {
      await using refusing = await serve((request, response) => response.writeHead(500).end(repeating(request)))
      await using failing = await serve((request, response) => failLater(response, '{}\n', repeating(request)))
      for (const server of [refusing, failing]) {
        const error = await rpcOf(server, token)
          .json('id', call)
          .catch((problem: Error) => problem)
        expect(error).toMatchObject({ kind: 'failed', message: expect.stringMatching(/^not for \w+ \[hidden\], that/) })
        const [, name, password] = token.split(':')
        const basic = Buffer.from(`${name}:${password}`).toString('base64')
        for (const secret of [token.split(':').at(-1) ?? '', basic]) expect(String(error)).not.toContain(secret)
      }
    },
  )

  it('is the error of a file that cannot be read, as it was', async () => {
    await using server = await serve(() => {})
    await expect(rpcOf(server).json('dag/import', { ...call, files: [brokenFile()] })).rejects.toThrow(RangeError)
  })

  it('is told although the file goes on', async () => {
    await using server = await serve((request, response) => {
      request.once('data', () => response.writeHead(500).end('{"Message":"mismatch in content integrity"}'))
    })
    let isOpen = true
    const endless = async function* () {
      try {
        for (;;) {
          yield Buffer.alloc(65_536)
          await sleep(0)
        }
      } finally {
        isOpen = false
      }
    }
    const files = [endless()]
    await expect(rpcOf(server).json('dag/import', { ...call, files })).rejects.toMatchObject({
      message: 'mismatch in content integrity',
    })
    await expect.poll(() => isOpen).toBe(false)
  })
})

describe('a call ends', () => {
  it('after a silence, before its first and after its last byte', async () => {
    await using silent = await serve(() => {})
    await using stuck = await serve((_, response) => void response.writeHead(200).write('{}\n'))
    for (const server of [silent, stuck]) {
      const answer = Array.fromAsync(rpcOf(server).lines('pin/add', { timeoutMs: 60_000, idleMs: 50 }))
      await expect(answer).rejects.toMatchObject({ kind: 'timeout', message: 'nothing came for 50 ms' })
      await expect.poll(() => server.closed.length).toBe(1)
    }
  })

  it('not while something comes, however slowly', async () => {
    await using server = await serve(async (_, response) => {
      for (let turn = 0; turn < 8; turn++) {
        response.write('{}\n')
        await sleep(30)
      }
      response.end()
    })
    const lines = await Array.fromAsync(rpcOf(server).lines('pin/add', { timeoutMs: 60_000, idleMs: 200 }))
    expect(lines).toHaveLength(8)
  })

  it('when the caller gives up, with the reason, and Kubo sees it', async () => {
    await using server = await serve(() => {})
    const given = new AbortController()
    const answer = rpcOf(server).json('pin/add', { ...call, signal: given.signal })
    await expect.poll(() => server.asked.length).toBe(1)
    given.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
    await expect.poll(() => server.closed.length).toBe(1)
    await expect(rpcOf(server).json('id', { ...call, signal: given.signal })).rejects.toThrow('enough')
    expect(server.asked).toHaveLength(1)
  })

  it('when the caller reads no further, and Kubo sees it', async () => {
    await using server = await serve((_, response) => void response.write('{}\n'))
    for await (const _ of rpcOf(server).lines('pin/add', call)) break
    await expect.poll(() => server.closed.length).toBe(1)
  })
})

describe('connections', () => {
  it('are used again for what asks, and a stale one is no failure; what changes something has its own', async () => {
    const sockets = new Set<unknown>()
    await using server = await serve((request, response) => {
      sockets.add(request.socket)
      response.end('{}')
    })
    const rpc = rpcOf(server)
    for (let turn = 0; turn < 3; turn++) await rpc.json('id', call)
    expect(sockets.size).toBe(1)
    for (const socket of sockets) (socket as { resetAndDestroy(): void }).resetAndDestroy()
    await rpc.json('id', call)
    expect(sockets.size).toBe(2)
    for (let turn = 0; turn < 2; turn++) await rpc.json('pin/rm', call)
    expect(sockets.size).toBe(4)
    rpc.stop()
  })
})
