import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { TrustedProxies } from '../request/client-address.ts'
import { AccessLog, checkAccessLog } from './access-log.ts'

let directory: string
let path: string
let log: AccessLog
let server: Server
let lost: number

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-access-'))
  path = join(directory, 'access.log')
  lost = 0
  const onLost = (_error: unknown, lines: number): void => {
    lost += lines
  }
  log = new AccessLog(path, { proxies: new TrustedProxies(['127.0.0.1']), onLost })
  server = createServer(
    log.of((asked, response) => {
      if (asked.url === '/slow') setTimeout(() => response.writeHead(404).end('nothing'), 20)
      else response.writeHead(200, { 'content-length': '4' }).end('body')
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await rm(directory, { recursive: true })
})

const ask = (target: string, headers: Record<string, string> = {}): Promise<void> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    httpRequest({ host: '127.0.0.1', port, path: target, agent: false, headers }, (response) => {
      response.resume()
      response.on('end', () => resolve())
    })
      .on('error', reject)
      .end()
  })

const lines = async (file = path): Promise<string[]> => (await readFile(file, 'latin1')).split('\n').slice(0, -1)

it('has a line for each answer, in the format that tools know', async () => {
  await ask('/ipfs/cid?format=car&filename=a%22b', {
    host: 'h.example:80',
    referer: 'https://x/?token=1',
    'user-agent': 'a "b"\\',
  })
  await ask('/slow', { host: 'h.example', 'x-forwarded-for': '203.0.113.9' })
  await sleep(50)
  await log.close()
  const [first = '', second = ''] = await lines()
  expect(first).toMatch(
    /^h\.example:80 127\.0\.0\.1 - - \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/ipfs\/cid\?format=car&filename=a%22b HTTP\/1\.1" 200 \d{2,3} "https:\/\/x\/" "a \\x22b\\x22\\x5C"$/,
  )
  expect(second).toMatch(/^h\.example:\d+ 203\.0\.113\.9 - - \[[^\]]+\] "GET \/slow HTTP\/1\.1" 404 \d+ "-" "-"$/)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

it.each([
  ['/files/x?link=secret', '/files/x'],
  ['/ipfs/x?token=secret&format=raw', '/ipfs/x?format=raw'],
  ['/ipfs/x?%74oken=secret', '/ipfs/x'],
  ['/ipfs/x?Token=secret&FORMAT=raw', '/ipfs/x?FORMAT=raw'],
  ['/ipfs/x?a=secret?format=raw', '/ipfs/x'],
  ['/ipfs/x?secret', '/ipfs/x'],
  ['/ipfs/x?format=raw?token=secret', '/ipfs/x?format=raw'],
  ['/ipfs/x?format=raw%3Ftoken=secret', '/ipfs/x?format=raw'],
  ['/ipfs/?uri=ipfs%3A%2F%2Fx%3Ftoken%3Dsecret', '/ipfs/'],
  ['http://user:secret@host/ipfs/x', 'http://host/ipfs/x'],
])('tells nothing that opens something: %s', async (asked, told) => {
  await ask(asked)
  await log.close()
  expect((await lines())[0]).toContain(`"GET ${told} HTTP/1.1"`)
})

it('goes on in a new file when the one before was moved away', async () => {
  await ask('/first')
  await expect.poll(() => lines().then((all) => all.length)).toBe(1)
  await rename(path, `${path}.1`)
  await ask('/second')
  await expect
    .poll(() =>
      lines().then(
        (all) => all.length,
        () => 0,
      ),
    )
    .toBe(1)
  await log.close()
  expect((await lines(`${path}.1`))[0]).toContain('/first')
  expect((await lines())[0]).toContain('/second')
  expect(lost).toBe(0)
})

it('says what it could not write, and answers all the same', async () => {
  const away = `${directory}-away`
  await rename(directory, away)
  await expect(checkAccessLog(path)).rejects.toThrow('GATEWAY_ACCESS_LOG')
  await ask('/one')
  await expect.poll(() => lost).toBe(1)
  await rename(away, directory)
  await ask('/two')
  await log.close()
  expect((await lines()).join()).toContain('/two')
})

it.each(['x:80 9.9.9.9 - - [01/Jan/2020:00:00:00 +0000] z', 'a b', '"'])(
  'a host that is none is not written: %j',
  async (host) => {
    await ask('/ipfs/x', { host })
    await log.close()
    expect((await lines())[0]).toMatch(/^-:\d+ 127\.0\.0\.1 - - \[/)
  },
)

it('answers to what was asked at once have the bytes of each, and what is cut has its line', async () => {
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /a HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3))
  await expect.poll(async () => (await log.close(), await lines().catch(() => []))).toHaveLength(3)
  const bytes = (await lines()).map((line) => Number(/ 200 (\d+) /.exec(line)?.[1]))
  expect(new Set(bytes).size).toBe(1)
  socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
  await sleep(5)
  server.closeAllConnections()
  await log.close()
  expect((await lines()).length).toBe(4)
})

it('many at once lose no line', async () => {
  await Promise.all(Array.from({ length: 500 }, (_, at) => ask(`/n/${at}`)))
  await sleep(50)
  await log.close()
  const seen = new Set((await lines()).map((line) => /\/n\/(\d+)/.exec(line)?.[1]))
  expect(seen.size).toBe(500)
})
