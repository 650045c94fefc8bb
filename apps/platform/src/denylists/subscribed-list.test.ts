import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DenylistSubscriptions } from './denylist-subscriptions.ts'
import { prepareSubscribedFile, SubscribedList, subscribedFileOf } from './subscribed-list.ts'

const LIST = 'version: 1\n---\n/ipfs/QmecDgNqCRirkc3Cjz9eoRBNwXGckJ9WvTdmY16HP88768\n'
const MAX = 10_000

let dataDir: string
let url: string
let answer: (request: IncomingMessage, response: ServerResponse) => void
const server = createServer((request, response) => answer(request, response))
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'holdfast-lists-'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(dataDir, { recursive: true, force: true })
})
let made = 0
beforeEach(() => {
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${made++}.deny?key=a-secret`
})

const outgoing = new OutgoingCalls({ steeredBy: 'operator', maxBodyBytes: MAX })
const newList = async (): Promise<SubscribedList> => {
  const file = subscribedFileOf(dataDir, url)
  await prepareSubscribedFile(file)
  const list = new SubscribedList({ url, file, outgoing })
  await list.open()
  return list
}
const kept = (): Promise<string> => readFile(subscribedFileOf(dataDir, url), 'utf8')
const signal = (): AbortSignal => AbortSignal.timeout(10_000)

it('is fetched once, and by its ETag from then on, also by the next process', async () => {
  const asked: (string | undefined)[] = []
  answer = (request, response) => {
    asked.push(request.headers['if-none-match'])
    if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end()
    else response.writeHead(200, { ETag: '"1"' }).end(LIST)
  }
  const list = await newList()
  expect([await kept(), list.report().checkedAt]).toEqual(['', null])
  await list.renew(signal())
  await list.renew(signal())
  const next = await newList()
  await next.renew(signal())
  expect(asked).toEqual([undefined, '"1"', '"1"'])
  expect(await kept()).toBe(LIST)
  expect(next.report()).toEqual({ url: url.split('?')[0], rules: 1, checkedAt: expect.any(String), error: null })
})

describe('the last good copy stays when there comes', () => {
  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['an error', (response) => response.writeHead(500).end(LIST), /answers 500/],
    ['nothing', (response) => response.destroy(), /socket hang up|aborted|reset/i],
    [
      'half of it',
      (response) => response.writeHead(200, { 'Content-Length': 999 }).write(LIST, () => response.destroy()),
      /aborted/,
    ],
    ['a redirect', (response) => response.writeHead(302, { Location: 'http://169.254.169.254/' }).end(), /answers 302/],
    ['a page', (response) => response.end('<html>\n<body>Log in</body>\n</html>'), /no denylist/],
    ['nothing but a header', (response) => response.end('version: 1\n---\n'), /no rules any more/],
    ['an empty body', (response) => response.end(), /no rules any more/],
    ['another version', (response) => response.end(`version: 2\n---\n${LIST}`), /version is 2/],
    ['bytes that are no text', (response) => response.end(Buffer.from([0x2f, 0xff, 0xfe])), /encoded data/],
    ['too much', (response) => response.end(`${LIST}#${'x'.repeat(MAX)}`), /more than/],
  ])('%s', async (_, bad, reason) => {
    answer = (_request, response) => void response.end(LIST)
    const list = await newList()
    await list.renew(signal())
    answer = (_request, response) => void bad(response)
    await expect(list.renew(signal())).rejects.toThrow()
    expect(list.report()).toMatchObject({ rules: 1, error: expect.stringMatching(reason) })
    expect(JSON.stringify(list.report())).not.toContain('a-secret')
    expect(await kept()).toBe(LIST)
    answer = (_request, response) => void response.end(`${LIST}# another\n`)
    await list.renew(signal())
    expect(list.report().error).toBeNull()
    expect(await kept()).toBe(`${LIST}# another\n`)
  })
})

it('a start waits for a list that was never here, tells of one that cannot be had, and goes on', async () => {
  answer = (_request, response) => void response.writeHead(404).end()
  const bad = await newList()
  url = `${url}&other`
  const never = await newList()
  const subscriptions = new DenylistSubscriptions({ lists: [bad, never], everyMs: 60_000, logger: silentLogger })
  await subscriptions.start()
  try {
    expect(subscriptions.figures()).toMatchObject({
      holdfast_denylists_subscribed: 2,
      holdfast_denylists_failing: 2,
      holdfast_denylists_rules: 0,
      holdfast_denylists_oldest_check_timestamp_seconds: undefined,
    })
  } finally {
    await subscriptions.stop()
  }
})
