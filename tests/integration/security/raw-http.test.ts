import { once } from 'node:events'
import { connect } from 'node:net'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Bytes that two servers in a row could read in two ways, sent as they are to both listeners. */
let platform: TestPlatform
beforeAll(async () => {
  platform = await startPlatform({ setUp: false })
})
afterAll(() => platform?.stop())

type Listener = 'apiUrl' | 'gatewayUrl'
const LISTENERS = ['apiUrl', 'gatewayUrl'] as const

/** Everything that came until the listener closed the connection. */
const send = async (listener: Listener, bytes: string): Promise<string> => {
  const { port } = new URL(platform[listener])
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {})
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  const closed = once(socket, 'close')
  socket.write(Buffer.from(bytes, 'latin1'))
  await closed
  return Buffer.concat(chunks).toString('latin1')
}
const statusesOf = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, code]) => Number(code))

/** A request that must not be found where a body, or nothing, is; it would be answered 200. */
const HIDDEN = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n'
const LAST = 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
const POST = 'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
const EMPTY = `${POST}Content-Length: 0\r\n\r\n`
const withLength = (value: string): string => `${POST}Content-Length:${value}\r\n\r\n${HIDDEN}`
const withCoding = (line: string): string => `${POST}${line}\r\n\r\n0\r\n\r\n${HIDDEN}`
const withHeader = (line: string): string => `${POST}${line}\r\nContent-Length: 0\r\n\r\n${HIDDEN}`
const chunked = (body: string): string => `${POST}Transfer-Encoding: chunked\r\n\r\n${body}${HIDDEN}`

describe.each(LISTENERS)('what two servers could read in two ways ends the connection at %s', (listener) => {
  it.each<[string, string]>([
    ['a length and then a coding', `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
    ['a coding and then a length', `${POST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${HIDDEN}`],
    ['two lengths', `${POST}Content-Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
    ['a length twice', `${POST}Content-Length: 0\r\nContent-Length: 0\r\n\r\n${HIDDEN}`],
    ['a list of lengths', withLength(' 0, 0')],
    ['a length with a plus', withLength(' +0')],
    ['a negative length', withLength(' -1')],
    ['a length in hexadecimal', withLength(' 0x0')],
    ['an empty length', withLength(' ')],
    ['a length that overflows', withLength(' 99999999999999999999999')],
    ['a space before the colon', `${POST}Content-Length : 0\r\n\r\n${HIDDEN}`],
    ['a tab before the colon', `${POST}Content-Length\t: 0\r\n\r\n${HIDDEN}`],
    ['an unknown coding', withCoding('Transfer-Encoding: xchunked')],
    ['a coding after a vertical tab', withCoding('Transfer-Encoding:\x0bchunked')],
    ['a coding in quotes', withCoding('Transfer-Encoding: "chunked"')],
    ['a coding in a folded line', withCoding('Transfer-Encoding:\r\n chunked')],
    ['chunked that is not the last', withCoding('Transfer-Encoding: chunked, identity')],
    [
      'chunked that is not the last, in two lines',
      withCoding('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity'),
    ],
    ['chunked twice', withCoding('Transfer-Encoding: chunked, chunked')],
    ['an empty coding', `${POST}Transfer-Encoding: \r\n\r\n${HIDDEN}`],
    [
      'a coding in HTTP/1.0',
      withCoding('Transfer-Encoding: chunked\r\nConnection: keep-alive').replace('/1.1', '/1.0'),
    ],
    ['a folded line', withHeader('X: a\r\n b')],
    ['a folded first line', `POST / HTTP/1.1\r\n Host: x\r\n\r\n${HIDDEN}`],
    ['lines that end in LF', `${EMPTY}${HIDDEN}`.replaceAll('\r\n', '\n')],
    ['one line that ends in LF', withHeader('X: a\nTransfer-Encoding: chunked')],
    ['one line that ends in CR', withHeader('X: a\rTransfer-Encoding: chunked')],
    ['headers that end in LF', `${POST}Content-Length: 0\r\n\n${HIDDEN}`],
    ['NUL in a value', withHeader('X: a\0b')],
    ['NUL in a name', withHeader('X\0: b')],
    ['a line without a colon', withHeader('Nothing')],
    ['a line without a name', withHeader(': x')],
    ['a chunk size in C', chunked('0x2\r\n{}\r\n0\r\n\r\n')],
    ['a negative chunk size', chunked('-2\r\n{}\r\n0\r\n\r\n')],
    ['a chunk size with a space', chunked('2 \r\n{}\r\n0\r\n\r\n')],
    ['a chunk size that overflows', chunked('FFFFFFFFFFFFFFFFF2\r\n{}\r\n0\r\n\r\n')],
    ['a chunk size that ends in LF', chunked('2\n{}\r\n0\r\n\r\n')],
    ['a chunk extension that ends in LF', chunked('2;\n{}\r\n0\r\n\r\n')],
    ['a chunk extension with CR', chunked('2;a\rb\r\n{}\r\n0\r\n\r\n')],
    ['a chunk that is longer than it says', chunked('2\r\n{}XX0\r\n\r\n')],
    ['a chunk that ends in LF', chunked('2\r\n{}\n0\r\n\r\n')],
    ['a chunk extension of 20 KB', chunked(`2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`)],
    ['a length in the trailer', chunked('2\r\n{}\r\n0\r\nContent-Length: 50\r\n\r\n')],
    ['headers without an end', `${POST}X: ${'a'.repeat(17_000)}`],
    ['headers so many that a last one could be dropped', `${POST}${'a:\r\n'.repeat(2_001)}Host: y\r\n\r\n${HIDDEN}`],
    ['HTTP/0.9', `GET /health/live\r\n\r\n${HIDDEN}`],
    ['HTTP/1.2', HIDDEN.replace('/1.1', '/1.2') + HIDDEN],
    ['HTTP/2.0', HIDDEN.replace('/1.1', '/2.0') + HIDDEN],
    ['the beginning of HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`],
    ['a method in small letters', HIDDEN.replace('GET', 'get') + HIDDEN],
    ['a tab in the request line', HIDDEN.replace(' ', '\t') + HIDDEN],
    ['bytes in the address', HIDDEN.replace('live', '\xe9') + HIDDEN],
    ['an address without a slash', HIDDEN.replace(' /', ' ') + HIDDEN],
    ['an expectation', withHeader('Expect: the-impossible')],
  ])('%s', async (_what, bytes) => {
    const answer = await send(listener, bytes)
    expect(statusesOf(answer), answer).toHaveLength(1)
    expect([400, 405, 413, 417, 431], answer).toContain(statusesOf(answer)[0])
    expect(answer).toMatch(/connection: close/i)
    expect(answer).toMatch(/x-content-type-options: nosniff/i)
    expect(answer).toMatch(/content-security-policy: default-src 'none'/i)
  })
})

const upgradeTo = (protocol: string): string =>
  HIDDEN.replace('x\r\n', `x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n`)
const post = (target: string, headers: string, body: string): string =>
  `POST ${target} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}${LAST}`

describe('what can be read in one way alone is answered in order, and bodies are no requests', () => {
  // A request that the gateway refuses with its body ends the connection there.
  it.each<[string, string, number[], number[]]>([
    ['a length with blanks', post('/api/v1/auth/login', 'Content-Length:  0 ', ''), [400, 200], [405, 200]],
    ['a body after a refusal', post('/api/v1/api-keys', `Content-Length: ${HIDDEN.length}`, HIDDEN), [401, 200], [405]],
    [
      'a body in chunks after a refusal',
      post('/api/v1/api-keys', 'Transfer-Encoding: chunked', `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`),
      [401, 200],
      [405],
    ],
    ['a body to an unknown address', post('/nothing', `Content-Length: ${HIDDEN.length}`, HIDDEN), [404, 200], [405]],
    [
      'a body of a GET',
      `GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}${LAST}`,
      [404, 200],
      [404],
    ],
    [
      'a chunk extension',
      post('/api/v1/auth/login', 'Transfer-Encoding: chunked', '2;a=b\r\n{}\r\n0\r\n\r\n'),
      [415, 200],
      [405],
    ],
    [
      'HTTP/1.0 that goes on',
      `GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n${LAST}`,
      [200, 200],
      [200, 200],
    ],
    ['an absolute address', HIDDEN.replace(' /', ' http://evil.example/') + LAST, [200, 200], [200, 200]],
    [
      'an absolute address with credentials',
      HIDDEN.replace(' /', ' http://a:b@evil.example/') + LAST,
      [200, 200],
      [400],
    ],
    [
      'an absolute address of another kind',
      HIDDEN.replace(' /', ' ftp://evil.example/') + LAST,
      [404, 200],
      [400, 200],
    ],
    ['the address *', `OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n${LAST}`, [404, 200], [400, 200]],
    ['an upgrade to WebSocket', `${upgradeTo('websocket')}${LAST}`, [200], [200]],
    ['an upgrade to HTTP/2', `${upgradeTo('h2c')}${LAST}`, [200], [200]],
    ['more after what was to be the last', `${HIDDEN}${LAST}${HIDDEN}`, [200, 200], [200, 200]],
    ['empty lines before', `\r\n\r\n${HIDDEN}${LAST}`, [200, 200], [200, 200]],
  ])('%s', async (_what, bytes, api, gateway) => {
    expect(statusesOf(await send('apiUrl', bytes))).toEqual(api)
    expect(statusesOf(await send('gatewayUrl', bytes))).toEqual(gateway)
  })

  it.each(LISTENERS)('CONNECT makes no tunnel at %s', async (listener) => {
    expect(await send(listener, `CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n${LAST}`)).toBe('')
  })
})

it.each(['http://evil.example', 'HTTPS://evil.example:1', 'http://a@b'])(
  'an absolute address (%s) goes round no rule for how addresses begin',
  async (authority) => {
    const ask = (method: string, target: string, headers = '') =>
      send(
        'apiUrl',
        `${method} ${authority}${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n${headers}\r\n`,
      )
    expect(await ask('GET', '/api/v1/auth/me')).toMatch(/^cache-control: no-store/im)
    // better-auth's routes are refused to pages elsewhere, whatever header they send.
    const foreign = 'Origin: https://evil.example\r\nAuthorization: Bearer x\r\n'
    expect(await ask('POST', '/api/auth/sign-out', foreign)).toContain('cross_site_request')
    expect(await ask('DELETE', '/health/live')).toMatch(/^allow: GET, HEAD/im)
  },
)
