import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { Agent, type IncomingMessage, request } from 'node:http'
import { makeGatewayToken } from '@packages/db/gateway-token'
import { readOpenGateways } from '@packages/db/open-gateways'
import { waitForGateways } from '@packages/db/policy-log'
import type { NewRow } from '@packages/db/tables'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { unlimited } from '@packages/runtime/rate-limiter'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from './start-gateway.ts'
import { type AskHost, askHost, type HostAnswer } from './test-support/ask-host.ts'
import { rawRequest } from './test-support/raw-request.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'
import { storeFolder } from './test-support/store-folder.ts'

const sites = { subdomainHosts: ['gw.example'], dnslinkHosts: [] }
const { token, tokenHash } = makeGatewayToken()

let t: TestGateway
let other: Gateway
let ask: AskHost
let file: string
let folder: string
let organizationId: string
const logged: string[] = []
const note = (...words: unknown[]): void => void logged.push(JSON.stringify(words))
beforeAll(async () => {
  const logger = { ...silentLogger, debug: note, info: note, warn: note, error: note }
  t = await startTestGateway({ sites, logger })
  other = await startGateway({
    db: t.db,
    storeDirectory: t.directory,
    host: '127.0.0.1',
    port: 0,
    workers: 2,
    sites,
    files: {
      passwordTries: { client: unlimited, link: unlimited },
      authenticateReader: undefined,
      privateFiles: undefined,
    },
    logger: silentLogger,
    logLevel: 'silent',
  })
  ask = askHost(t.gateway.port)
  const uploaded = await t.upload(Buffer.from('hello\n'))
  file = uploaded.cid
  organizationId = uploaded.organizationId
  const pages = { 'index.html': 'welcome', 'lost.html': 'you are lost', 'below/a.txt': 'a' }
  folder = (await storeFolder(t.store, pages)).root
})
afterAll(async () => {
  await other?.stop(200)
  await t?.stop()
})

/** As the API does; true once every worker of every gateway has it in force. */
const tell = async (name: string, id: string): Promise<boolean> => {
  const { policyPosition } = await t.db.unitOfWork.run(async (uow) => {
    const [now] = await readOpenGateways(uow.tx, { id })
    uow.policy({ kind: 'gateway.changed', name, gateway: now?.[1] ?? null })
  })
  return policyPosition !== undefined && waitForGateways(t.db.kysely, policyPosition, 10_000)
}

let made = 0
type Made = { id: string; name: string; host: string }
const open = async (settings: Partial<NewRow<'gateways'>> = {}): Promise<Made> => {
  const [id, name] = [randomUUIDv7(), `acme-${made++}`]
  const row = { id, name, organization_id: organizationId, token_required: false, ...settings }
  await t.db.kysely.insertInto('gateways').values(row).execute()
  expect(await tell(name, id)).toBe(true)
  return { id, name, host: `${name}.gw.example` }
}
const withToken = async (): Promise<Made & { tokenId: string; secret: string }> => {
  const gateway = await open({ token_required: true })
  const one = makeGatewayToken()
  const tokenId = randomUUIDv7()
  const row = { id: tokenId, gateway_id: gateway.id, name: 'x', token_hash: one.tokenHash }
  await t.db.kysely.insertInto('gateway_tokens').values(row).execute()
  await tell(gateway.name, gateway.id)
  return { ...gateway, tokenId, secret: one.token }
}
const headerText = ({ headers }: HostAnswer): string => JSON.stringify(headers)

describe('a gateway with tokens', () => {
  let gateway: Awaited<ReturnType<typeof withToken>>
  beforeAll(async () => {
    gateway = await withToken()
  })

  it.each<[string, (secret: string) => [path: string, headers?: Record<string, string>, method?: string], number]>([
    ['in the address', (secret) => [`/ipfs/${file}?token=${secret}`], 200],
    ['in its header', (secret) => [`/ipfs/${file}`, { 'Holdfast-Gateway-Token': secret }], 200],
    ['as a Bearer credential', (secret) => [`/ipfs/${file}`, { Authorization: `Bearer ${secret}` }], 200],
    ['with a range', (secret) => [`/ipfs/${file}?token=${secret}`, { Range: 'bytes=0-1' }], 206],
    ['none', () => [`/ipfs/${file}`], 401],
    ['none, for what is not held', () => [`/ipfs/${file.slice(0, -1)}a`], 401],
    ['none, for its root', () => ['/'], 401],
    ['none, by HEAD', () => [`/ipfs/${file}`, {}, 'HEAD'], 401],
    ['none, with a validator', () => [`/ipfs/${file}`, { 'If-None-Match': '*' }], 401],
    ['none, as a CAR', () => [`/ipfs/${file}?format=car`], 401],
    ['another one', () => [`/ipfs/${file}?token=${token}`], 401],
    ['a part of it', (secret) => [`/ipfs/${file}?token=${secret.slice(0, -1)}`], 401],
    ['its hash', () => [`/ipfs/${file}?token=${tokenHash.toString('hex')}`], 401],
    ['a wrong one first', (secret) => [`/ipfs/${file}?token=x&token=${secret}`], 401],
    ['a wrong one in a header', (secret) => [`/ipfs/${file}?token=${secret}`, { Authorization: 'Bearer x' }], 401],
    ['in a cookie', (secret) => [`/ipfs/${file}`, { Cookie: `token=${secret}` }], 401],
    ['in the fragment of nothing', (secret) => [`/ipfs/${file}/token=${secret}`], 401],
    ['no preflight needs it', () => [`/ipfs/${file}`, {}, 'OPTIONS'], 204],
  ])('%s', async (_, asked, status) => {
    for (let turn = 0; turn < 2; turn++) {
      const answer = await ask(gateway.host, ...asked(gateway.secret))
      expect(answer.status).toBe(status)
      expect(headerText(answer)).not.toContain(gateway.secret)
      if (status === 401) expect(answer.headers['www-authenticate']).toBe('Bearer')
      if (status !== 204) expect(answer.headers['cache-control']).toBe('private, no-store')
      if (status !== 204) expect(answer.headers['referrer-policy']).toBe('no-referrer')
    }
  })

  it('a redirect, a listing and the log have nothing of it', async () => {
    const redirect = await ask(gateway.host, `/ipfs/${folder}/below?token=${gateway.secret}&x=1`)
    expect([redirect.status, redirect.headers['location']]).toEqual([301, expect.stringContaining('/below/')])
    const listing = await ask(gateway.host, `/ipfs/${folder}/below/?token=${gateway.secret}`)
    expect(listing.status).toBe(200)
    const wrong = await ask(gateway.host, `/ipfs/x?token=${gateway.secret}`)
    for (const answer of [redirect, listing, wrong]) {
      expect(headerText(answer)).not.toContain(gateway.secret)
      expect(answer.body).not.toContain(gateway.secret)
    }
    expect(logged.join('')).not.toContain(gateway.secret)
  })

  it('no script runs in a page whose address holds it, whoever asked before and how', async () => {
    const page = `/ipfs/${folder}/index.html`
    const byHeader: Record<string, string> = { 'Holdfast-Gateway-Token': gateway.secret }
    for (let turn = 0; turn < 2; turn++) {
      const shown = await ask(gateway.host, `${page}?token=${gateway.secret}`)
      expect([shown.status, shown.body]).toEqual([200, 'welcome'])
      expect(shown.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none';/)
      const safe = await ask(gateway.host, page, byHeader)
      expect(safe.headers['content-security-policy']).toContain('allow-scripts')
    }
    const preflight = await ask(gateway.host, page, {}, 'OPTIONS')
    expect(preflight.headers['access-control-allow-headers']).toContain('Holdfast-Gateway-Token')
  })

  it('what it has answered is for its own visitors: other hosts answer as before', async () => {
    const public_ = await ask('127.0.0.1', `/ipfs/${file}`)
    expect(public_.headers['cache-control']).toContain('public')
    await ask(gateway.host, `/ipfs/${file}?token=${gateway.secret}`)
    expect((await ask('127.0.0.1', `/ipfs/${file}`)).headers['cache-control']).toContain('public')
    expect((await ask(gateway.host, `/ipfs/${file}`)).status).toBe(401)
    // Nor does it take a token from where it does not belong.
    expect((await ask('127.0.0.1', `/ipfs/${file}?token=x`)).status).toBe(200)
  })

  it('the host cannot be told by a header that anybody writes, nor by another target', async () => {
    const hosts = { 'X-Forwarded-Host': '127.0.0.1' }
    expect((await ask(gateway.host, `/ipfs/${file}`, hosts)).status).toBe(401)
    const absolute = await rawRequest(
      t.gateway.port,
      `GET http://${gateway.host}/ipfs/${file} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    )
    expect(absolute.status).toBe(401)
    for (const host of [gateway.host.toUpperCase(), `${gateway.host}.`, `${gateway.host}:8080`])
      expect((await ask(host, `/ipfs/${file}`)).status).toBe(401)
  })

  it('files of accounts, health and routing are not below it', async () => {
    for (const path of [`/files/${file}`, `/routing/v1/providers/${file}`]) {
      const answer = await ask(gateway.host, `${path}?token=${gateway.secret}`)
      expect(answer.status).toBe(404)
    }
  })
})

/** The head of an answer; who reads on later is in the middle of its body until then. */
const begin = (host: string, path: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: t.gateway.port, path, headers: { Host: host }, agent: false }
    request(options, resolve).on('error', reject).end()
  })

/** Several connections to each worker. */
const everywhere = async (host: string, path: string): Promise<number[]> => {
  const asks = [ask, ...Array<AskHost>(6).fill(askHost(other.port))]
  return [...new Set((await Promise.all(asks.map((one) => one(host, path)))).map(({ status }) => status))]
}

it('a token that is revoked opens nothing in any worker when that is told, and ends what is being sent by it', async () => {
  const gateway = await withToken()
  const path = `/ipfs/${file}?token=${gateway.secret}`
  expect(await everywhere(gateway.host, path)).toEqual([200])
  const large = (await t.upload(randomBytes(32 * 1024 * 1024))).cid
  // Later ones find the plan of earlier ones.
  const sent: IncomingMessage[] = []
  for (let turn = 0; turn < 4; turn++) sent.push(await begin(gateway.host, `/ipfs/${large}?token=${gateway.secret}`))
  await t.db.kysely.deleteFrom('gateway_tokens').where('id', '=', gateway.tokenId).execute()
  expect(await tell(gateway.name, gateway.id)).toBe(true)
  expect(await everywhere(gateway.host, path)).toEqual([401])
  for (const one of sent) await expect(one.toArray()).rejects.toThrow('aborted')
})

it('what is changed or deleted is so in every worker when that is told', async () => {
  const gateway = await open()
  const path = `/ipfs/${file}`
  expect(await everywhere(gateway.host, path)).toEqual([200])
  await t.db.kysely
    .updateTable('gateways')
    .set({ allowed_addresses: ['192.0.2.0/24'] })
    .where('id', '=', gateway.id)
    .execute()
  await tell(gateway.name, gateway.id)
  expect(await everywhere(gateway.host, path)).toEqual([403])
  await t.db.kysely.updateTable('organizations').set({ state: 'suspended' }).where('id', '=', organizationId).execute()
  await tell(gateway.name, gateway.id)
  // Its name is taken: it is no host like any other, whatever is asked for.
  for (const asked of [path, '/ipfs/x', '/', `/files/${file}`])
    expect([asked, await everywhere(gateway.host, asked)]).toEqual([asked, [404]])
  await t.db.kysely.updateTable('organizations').set({ state: 'active' }).where('id', '=', organizationId).execute()
  await t.db.kysely.deleteFrom('gateways').where('id', '=', gateway.id).execute()
  await tell(gateway.name, gateway.id)
  // A name that no gateway has is.
  expect(await everywhere(gateway.host, '/ipfs/x')).toEqual([400])
})

it('shows its page at its root, and where there is nothing, and tells shared caches what it may', async () => {
  const gateway = await open({ index_path: `/ipfs/${folder}/`, not_found_path: `/ipfs/${folder}/lost.html` })
  const root = await ask(gateway.host, '/')
  expect([root.status, root.body]).toEqual([200, 'welcome'])
  const lost = await ask(gateway.host, `/ipfs/${folder}/none`, { 'If-None-Match': '*', Range: 'bytes=0-1' })
  expect([lost.status, lost.body]).toEqual([404, 'you are lost'])
  expect(lost.headers['cache-control']).toBe('no-store')
  const raw = await ask(gateway.host, `/ipfs/${folder}/none?format=raw`)
  expect([raw.status, raw.body.includes('you are lost')]).toEqual([404, false])
  expect((await ask(gateway.host, `/ipfs/${file}`)).headers['cache-control']).toContain('public')
  const broken = await open({ not_found_path: `/ipfs/${folder}/none` })
  expect((await ask(broken.host, `/ipfs/${folder}/none`)).status).toBe(404)
})

it('tells caches to ask again for what it shows at its root, and redirects nobody from there for good', async () => {
  const gateway = await open({ index_path: `/ipfs/${folder}/` })
  for (let turn = 0; turn < 2; turn++) {
    const root = await ask(gateway.host, '/')
    expect([root.status, root.headers['cache-control']]).toEqual([200, 'public, no-cache'])
    const again = await ask(gateway.host, '/', { 'If-None-Match': root.headers['etag'] ?? '' })
    expect([again.status, again.headers['cache-control']]).toEqual([304, 'public, no-cache'])
    const itself = await ask(gateway.host, `/ipfs/${folder}/`)
    expect([itself.status, itself.headers['cache-control']]).toEqual([200, expect.stringContaining('immutable')])
  }
  const without = await open({ index_path: `/ipfs/${folder}/below` })
  const moved = await ask(without.host, '/')
  expect([moved.status, moved.headers['cache-control']]).toEqual([302, 'public, no-cache'])
  const closed = await open({ index_path: `/ipfs/${folder}/`, allowed_addresses: ['127.0.0.1/32'] })
  expect((await ask(closed.host, '/')).headers['cache-control']).toBe('private, no-store')
})

it('what a kept connection has shown before opens nothing after it is revoked', async () => {
  const gateway = await withToken()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const get = async (headers: Record<string, string>): Promise<number> => {
    const options = { host: '127.0.0.1', port: t.gateway.port, path: `/ipfs/${file}`, agent }
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const asked = request({ ...options, headers: { Host: gateway.host, ...headers } }, resolve).on('error', reject)
    asked.end()
    const answer = await promise
    await answer.toArray()
    return answer.statusCode ?? 0
  }
  const shown = { 'Holdfast-Gateway-Token': gateway.secret }
  const wrong = { 'Holdfast-Gateway-Token': token }
  for (const [headers, status] of [
    [shown, 200],
    [shown, 200],
    [{}, 401],
    [wrong, 401],
    [shown, 200],
  ] as const)
    expect(await get(headers)).toBe(status)
  await t.db.kysely.deleteFrom('gateway_tokens').where('id', '=', gateway.tokenId).execute()
  expect(await tell(gateway.name, gateway.id)).toBe(true)
  expect(await get(shown)).toBe(401)
  agent.destroy()
})

it('more than its requests or bytes of a minute are refused, of this gateway alone, whichever worker they meet', async () => {
  const [few, narrow, wider, free] = [
    await open({ requests_per_minute: 4 }),
    await open({ bytes_per_minute: 1 }),
    await open({ bytes_per_minute: 4_000 }),
    await open({}),
  ]
  const path = `/ipfs/${file}`
  const statuses = async (host: string, times: number): Promise<number[]> => {
    const found: number[] = []
    for (let turn = 0; turn < times; turn++) found.push((await ask(host, path)).status)
    return found
  }
  // A minute may end meanwhile: two have room for eight.
  const asked = await statuses(few.host, 12)
  expect(asked.filter((status) => status === 200).length).toBeLessThanOrEqual(8)
  expect(asked).toContain(429)
  expect((await ask(few.host, path)).headers['retry-after'] ?? '1').toMatch(/^\d+$/)
  expect(await statuses(narrow.host, 4)).toContain(429)
  // More than the first answer, and less than those that find its plan send besides.
  expect((await statuses(wider.host, 12)).slice(0, 2)).toEqual([200, 200])
  expect(await statuses(wider.host, 12)).toContain(429)
  expect(await statuses(free.host, 12)).toEqual(Array(12).fill(200))
  // Workers hear of each other's a quarter of a second later.
  await expect
    .poll(async () => (await askHost(other.port)(few.host, path)).status, { timeout: 10_000, interval: 20 })
    .toBe(429)
})
