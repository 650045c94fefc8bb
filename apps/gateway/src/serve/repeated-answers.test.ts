import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { RepeatedAnswers } from './repeated-answers.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const PLAN = {}

/** Answers with this body, from what was remembered where there is something; says how often that was. */
const serve = async (
  body: Buffer,
  options: { now?: () => number; max?: number; plan?: () => object; finished?(response: ServerResponse): void } = {},
) => {
  const repeated = new RepeatedAnswers(options.now ?? (() => 5_000))
  const told = { repeated: 0, made: 0 }
  server = createServer({ noDelay: true, keepAliveTimeout: 1_000 }, (_request, response) => {
    response.on('finish', () => options.finished?.(response))
    const plan = options.plan?.() ?? PLAN
    if (repeated.send(response, plan, body)) {
      told.repeated++
      return
    }
    told.made++
    response.writeHead(200, ['Content-Length', String(body.length), 'X-Count', String(told.made)]).end(body)
    repeated.remember(response, plan, body)
  })
  if (options.max !== undefined) server.maxRequestsPerSocket = options.max
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, told }
}

const lengthOf = (answer: string): number => {
  const body = answer.indexOf('\r\n\r\n') + 4
  return body < 4 ? Number.POSITIVE_INFINITY : body + Number(/Content-Length: (\d+)/.exec(answer)?.[1])
}

/** All that comes back on one connection: each request is sent when the answer to the one before has come, until the other side ends it. */
const talk = async (port: number, requests: readonly string[]): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  socket.setEncoding('latin1')
  const left = [...requests]
  let [all, current] = ['', '']
  socket.write(left.shift() as string)
  for await (const part of socket) {
    all += part
    current += part
    if (current.length < lengthOf(current)) continue
    current = ''
    const next = left.shift()
    if (next !== undefined) socket.write(next)
  }
  return all
}

const ASK = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
const LAST = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
const timeless = (text: string): string => text.replaceAll(/Date: [^\r]+/g, 'Date: then')
const answerOf = (body: Buffer, count: number, end = 'Connection: keep-alive\r\nKeep-Alive: timeout=1'): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nX-Count: ${count}\r\nDate: then\r\n${end}\r\n\r\n${body.toString('latin1')}`

describe('an answer that is sent again', () => {
  it.each([
    ['small', 100],
    ['large', 100_000],
    ['empty', 0],
  ])('is byte for byte what node made: %s', async (_what, size) => {
    const body = Buffer.alloc(size, 'x')
    const { port, told } = await serve(body)
    const got = await talk(port, [ASK, ASK, ASK, ASK, LAST])
    const [kept, last] = [answerOf(body, 1), answerOf(body, 2, 'Connection: close')]
    expect(timeless(got) === kept.repeat(4) + last).toBe(true)
    expect(told).toEqual({ made: 2, repeated: 3 })
  })

  it('is made anew in the next second', async () => {
    let now = 5_999
    const { port, told } = await serve(Buffer.from('body'), { now: () => now, finished: () => (now += 1) })
    await talk(port, [ASK, ASK, LAST])
    expect(told).toEqual({ made: 3, repeated: 0 })
  })

  it('is not that of another plan', async () => {
    const plans = [{}, {}, {}]
    const { port, told } = await serve(Buffer.from('body'), { plan: () => plans[told.made + told.repeated] as object })
    await talk(port, [ASK, ASK, LAST])
    expect(told).toEqual({ made: 3, repeated: 0 })
  })

  it('is not the last one that a connection may have', async () => {
    const { port, told } = await serve(Buffer.from('body'), { max: 3 })
    const got = await talk(port, [ASK, ASK, ASK])
    expect(told).toEqual({ made: 2, repeated: 1 })
    expect(got.match(/Connection: [^\r]+/g)).toEqual([
      'Connection: keep-alive',
      'Connection: keep-alive',
      'Connection: close',
    ])
  })

  it('is not an error that was sent in its place', async () => {
    const repeated = new RepeatedAnswers(() => 5_000)
    let sent = 0
    server = createServer((_request, response) => {
      if (repeated.send(response, PLAN, Buffer.from('body'))) return
      sent++
      response.writeHead(500, ['Content-Length', '4']).end('none')
      repeated.remember(response, PLAN, Buffer.from('body'))
    })
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
    await talk((server.address() as AddressInfo).port, [ASK, ASK, LAST])
    expect(sent).toBe(3)
  })

  it('is made anew for requests that did not wait for each other', async () => {
    const body = Buffer.from('body')
    const { port, told } = await serve(body)
    const got = timeless(await talk(port, [ASK + ASK + LAST]))
    expect(got).toBe(answerOf(body, 1) + answerOf(body, 2) + answerOf(body, 3, 'Connection: close'))
    expect(told).toEqual({ made: 3, repeated: 0 })
  })

  it('has ended for node as others have', async () => {
    const ended: boolean[] = []
    const { port } = await serve(Buffer.from('body'), {
      finished: (response) => ended.push(response.headersSent && response.writableFinished),
    })
    await talk(port, [ASK, ASK, LAST])
    expect(ended).toEqual([true, true, true])
  })

  it('is remembered up to a bound', async () => {
    const plans = Array.from({ length: 600 }, () => ({}))
    const order = [...plans, ...plans]
    let at = 0
    const { port, told } = await serve(Buffer.alloc(16 * 1024), { plan: () => order[at++] as object })
    await talk(port, [...Array.from({ length: 1_199 }, () => ASK), LAST])
    expect(told.repeated).toBeGreaterThan(200)
    expect(told.repeated).toBeLessThan(256)
  })
})
