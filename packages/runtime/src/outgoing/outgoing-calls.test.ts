import { channel } from 'node:diagnostics_channel'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createNameServer, Packet } from 'dns2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { OutgoingCalls, type OutgoingOptions } from './outgoing-calls.ts'
import type { ResolveName } from './resolve-target.ts'

const PUBLIC = '93.184.216.34'

/** Names and what the name server answers to the first, second, … question; the last answer stays. */
const answers = new Map<string, string[][]>()
const questions: string[] = []
let stopNameServer: () => Promise<void>
let resolve: ResolveName

/** A real name server on loopback, asked by a real resolver. */
beforeAll(async () => {
  const server = createNameServer({
    udp: true,
    handle: (request, send) => {
      const response = Packet.createResponseFromRequest(request)
      const [question] = request.questions
      const name = question?.name ?? ''
      const left = answers.get(name) ?? []
      if (question !== undefined && question.type === Packet.TYPE.A) {
        questions.push(name)
        for (const address of (left.length > 1 ? left.shift() : left[0]) ?? [])
          response.answers.push(Packet.createResourceFromQuestion(question, { ttl: 0, address }))
      }
      send(response)
    },
  })
  const listening = await server.listen({ udp: { port: 0, address: '127.0.0.1' } })
  stopNameServer = () => server.close()
  const resolver = new Resolver({ timeout: 2_000, tries: 1 })
  resolver.setServers([`127.0.0.1:${(listening.udp as AddressInfo).port}`])
  resolve = (host) => resolver.resolve4(host)
})
afterAll(() => stopNameServer())
beforeEach(() => {
  questions.length = 0
})

const serve = async (answer: RequestListener, address = '127.0.0.1') => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.headers.host}${request.url}`)
    answer(request, response)
  })
  server.listen(0, address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  return { port, seen, [Symbol.asyncDispose]: close }
}

/** What sockets dial while `work` runs, as the kernel is asked for it. */
const dialled = async (work: () => Promise<unknown>): Promise<string[]> => {
  const attempts: string[] = []
  const onSocket = (message: unknown): void => {
    const { socket } = message as { socket: Socket }
    socket.on('connectionAttempt', (ip, port) => attempts.push(`${ip}:${port}`))
  }
  channel('net.client.socket').subscribe(onSocket)
  try {
    await work()
  } finally {
    channel('net.client.socket').unsubscribe(onSocket)
  }
  return attempts
}

const operator = (options: Partial<OutgoingOptions> = {}) =>
  new OutgoingCalls({ steeredBy: 'operator', resolve, timeoutMs: 2_000, ...options })
const user = (options: Partial<OutgoingOptions> = {}) =>
  new OutgoingCalls({ steeredBy: 'user', resolve, timeoutMs: 2_000, ...options })

describe('calls that a user steers', () => {
  it.each([
    'http://127.0.0.1/',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[fd00:ec2::254]/',
    'http://localhost/',
    'http://db.localhost/',
    'http://printer.local/',
    'http://metadata.google.internal/',
    'http://router.home.arpa/',
    'http://postgres/',
  ])('never reach %s, and ask no name server about it', async (address) => {
    const attempts = await dialled(() =>
      expect(user().call(address)).rejects.toMatchObject({ name: 'OutgoingRefused', reason: 'address' }),
    )
    expect([attempts, questions]).toEqual([[], []])
  })

  it.each([
    ['inside', [['127.0.0.1']]],
    ['outside and inside', [[PUBLIC, '127.0.0.1']]],
    ['inside among many', [[...Array.from({ length: 15 }, (_, n) => `93.184.216.${n + 1}`), '10.0.0.1']]],
  ])('never reach a name that leads %s', async (_what, given) => {
    answers.set('name.example', given)
    const attempts = await dialled(() =>
      expect(user().call('http://name.example/')).rejects.toMatchObject({ reason: 'address' }),
    )
    expect([attempts, questions]).toEqual([[], ['name.example']])
  })

  it('dial the address that was checked, whatever the name server says next (DNS rebinding)', async () => {
    await using inside = await serve((_, response) => response.end('secret'))
    answers.set('rebind.example', [[PUBLIC], ['127.0.0.1']])
    const { port } = inside
    const attempts = await dialled(() =>
      user({ ports: [port], timeoutMs: 400 })
        .call(`http://rebind.example:${port}/`)
        .catch(() => {}),
    )
    expect(attempts).toEqual([`${PUBLIC}:${port}`])
    expect([questions, inside.seen]).toEqual([['rebind.example'], []])
    // The name does lead inside now: the second call finds out, and is refused.
    await expect(user({ ports: [port] }).call(`http://rebind.example:${port}/`)).rejects.toMatchObject({
      reason: 'address',
    })
    expect(inside.seen).toEqual([])
  })

  it.each([22, 25, 6379, 3000, 8080])('do not reach port %i', async (port) => {
    await expect(user().call(`http://name.example:${port}/`)).rejects.toMatchObject({ reason: 'port' })
    expect(questions).toEqual([])
  })

  it('reach the ports that are listed', async () => {
    answers.set('public.example', [[PUBLIC]])
    const call = user({ ports: [8443], timeoutMs: 100 }).call('https://public.example:8443/')
    await expect(call).rejects.not.toMatchObject({ name: 'OutgoingRefused' })
  })

  it('end when a name has no address', async () => {
    await expect(user().call('http://nothing.example/')).rejects.toMatchObject({ reason: 'unresolved' })
  })
})

describe('all calls', () => {
  it("go to the address that was checked, with the name's Host", async () => {
    await using first = await serve((_, response) => response.end('first'))
    answers.set('two.example', [['127.0.0.1'], ['127.0.0.9']])
    const attempts = await dialled(async () => {
      const answer = await operator().call(`http://two.example:${first.port}/path?q=1`)
      expect(Buffer.from(await answer.bytes()).toString()).toBe('first')
    })
    expect(attempts).toEqual([`127.0.0.1:${first.port}`])
    expect(first.seen).toEqual([`GET two.example:${first.port}/path?q=1`])
    expect(questions).toEqual(['two.example'])
  })

  it('send body and headers, and take the answer as it is: a redirect is not followed', async () => {
    await using elsewhere = await serve((_, response) => response.end('followed'))
    let body = ''
    await using server = await serve(async (request, response) => {
      for await (const piece of request) body += piece
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/` }).end('moved')
    })
    const call = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }
    const answer = await operator().call(`http://127.0.0.1:${server.port}/hook`, call)
    expect([answer.status, answer.headers.location, Buffer.from(await answer.bytes()).toString()]).toEqual([
      307,
      `http://127.0.0.1:${elsewhere.port}/`,
      'moved',
    ])
    expect([body, elsewhere.seen]).toEqual(['{"a":1}', []])
  })

  it('end after a body that is too large, without reading the rest', async () => {
    await using server = await serve((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    const answer = await operator({ maxBodyBytes: 100_000 }).call(`http://127.0.0.1:${server.port}/`)
    await expect(answer.bytes()).rejects.toMatchObject({ reason: 'too-large' })
  })

  it('end at headers that are too large', async () => {
    await using server = await serve((_, response) => response.writeHead(200, { a: 'x'.repeat(20_000) }).end())
    await expect(operator().call(`http://127.0.0.1:${server.port}/`)).rejects.toMatchObject({
      code: 'HPE_HEADER_OVERFLOW',
    })
  })

  it.each<[string, RequestListener]>([
    ['nothing', () => {}],
    ['half an answer', (_, response) => void response.writeHead(200, { 'content-length': 5 }).write('x')],
  ])('end in time when %s comes', async (_what, answer) => {
    await using server = await serve(answer)
    const call = operator({ timeoutMs: 150 }).call(`http://127.0.0.1:${server.port}/`)
    await expect(call.then((given) => given.bytes())).rejects.toThrow(/timeout|abort/i)
  })

  it('end in time when the name server is silent', async () => {
    const calls = user({ timeoutMs: 100, resolve: () => new Promise(() => {}) })
    await expect(calls.call('http://name.example/')).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('end when the caller gives up', async () => {
    await using server = await serve(() => {})
    const given = new AbortController()
    setTimeout(() => given.abort(new Error('enough')), 50)
    const call = operator().call(`http://127.0.0.1:${server.port}/`, { signal: given.signal })
    await expect(call).rejects.toThrow('enough')
  })

  it.each(['host', 'Host', 'transfer-encoding', 'Content-Length', 'connection', 'proxy-authorization', 'upgrade'])(
    'do not let %s be set',
    async (name) => {
      const call = operator().call('http://127.0.0.1:1/', { headers: { [name]: 'x' } })
      await expect(call).rejects.toMatchObject({ reason: 'header' })
    },
  )

  it('refuse headers that break a line', async () => {
    const call = operator().call('http://127.0.0.1:1/', { headers: { a: 'b\r\nx: y' } })
    await expect(call).rejects.toMatchObject({ code: 'ERR_INVALID_CHAR' })
  })

  it('tell no path, query or credentials in refusals', async () => {
    for (const address of ['http://name:canary@example.org/', 'http://127.0.0.1/canary?canary=1']) {
      const refusal = await user()
        .call(address)
        .catch((error: Error) => error)
      expect(String(refusal)).not.toContain('canary')
    }
  })
})
