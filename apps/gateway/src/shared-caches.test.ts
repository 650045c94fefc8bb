import { randomUUIDv7 } from 'node:crypto'
import { TAG_OF_ALL, TAG_OF_DEEP, tagOfContent, tagOfGateway, tagOfHost, tagOfName } from '@packages/shared/cache-tags'
import { putIpnsRecord } from '@packages/db/ipns/put-ipns-record'
import { readOpenGateways } from '@packages/db/open-gateways'
import { waitForGateways } from '@packages/db/policy-log'
import type { NewRow } from '@packages/db/tables'
import type { Committed } from '@packages/db/unit-of-work'
import { parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AskHost, askHost, type HostAnswer } from './test-support/ask-host.ts'
import { ipnsKey, makeIpnsRecord } from './test-support/make-ipns-record.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'
import { storeFolder } from './test-support/store-folder.ts'

const sites = { subdomainHosts: ['gw.example'], dnslinkHosts: [] }

let t: TestGateway
let ask: AskHost
let file: string
let folder: Awaited<ReturnType<typeof storeFolder>>
let organizationId: string
beforeAll(async () => {
  t = await startTestGateway({ sites, sharedCaches: true, trustedProxies: ['127.0.0.2'] })
  ask = askHost(t.gateway.port)
  const uploaded = await t.upload(Buffer.from('hello\n'), { name: 'hello.txt' })
  file = uploaded.cid
  organizationId = uploaded.organizationId
  folder = await storeFolder(t.store, { 'index.html': 'welcome', 'below/a.txt': 'a' })
})
afterAll(async () => t?.stop())

const tagsOf = ({ headers }: HostAnswer): string[] => headers['surrogate-key']?.split(' ').sort() ?? []
const tagOf = (cid: string): string => tagOfContent(parseCid(cid))

/** What is answered while a change arrives is kept by nobody. */
const inForce = async ({ policyPosition }: Committed<unknown>): Promise<void> => {
  if (policyPosition !== undefined) expect(await waitForGateways(t.db.kysely, policyPosition, 20_000)).toBe(true)
}

const open = async (settings: Partial<NewRow<'gateways'>> = {}, domain?: string): Promise<string> => {
  const [id, name] = [randomUUIDv7(), `site-${randomUUIDv7().slice(-12)}`]
  const row = { id, organization_id: organizationId, name, token_required: false, ...settings }
  await t.db.kysely.insertInto('gateways').values(row).execute()
  if (domain !== undefined)
    await t.db.kysely
      .insertInto('gateway_domains')
      .values({ id: randomUUIDv7(), gateway_id: id, domain, proof: 'x', verified_at: new Date() })
      .execute()
  await inForce(
    await t.db.unitOfWork.run(async (uow) => {
      const [now] = await readOpenGateways(uow.tx, { id })
      uow.policy({ kind: 'gateway.changed', name, gateway: now?.[1] ?? null })
    }),
  )
  return name
}

describe('what shared caches are told', () => {
  it('of a file: its tag for both kinds of caches, and a day at most, while browsers keep it for ever', async () => {
    const answer = await ask('127.0.0.1', `/ipfs/${file}`)
    expect(tagsOf(answer)).toEqual([TAG_OF_ALL, tagOf(file)].sort())
    expect(answer.headers['cache-tag']).toBe(answer.headers['surrogate-key']?.replaceAll(' ', ','))
    expect(answer.headers['cache-control']).toBe('public, max-age=29030400, immutable')
    expect(answer.headers['cdn-cache-control']).toBe('max-age=86400, stale-while-revalidate=60, stale-if-error=86400')
    expect(answer.headers['cloudflare-cdn-cache-control']).toBeUndefined()
    // The second time it comes from a plan that is remembered.
    expect((await ask('127.0.0.1', `/ipfs/${file}`)).headers).toMatchObject({ 'surrogate-key': expect.any(String) })
  })

  it('of a path: the tags of all on its way, and of the page that stands for a folder', async () => {
    const { root } = folder
    const path = await ask('127.0.0.1', `/ipfs/${root}/below/a.txt`)
    const roots = path.headers['x-ipfs-roots']?.split(',') ?? []
    expect(roots).toHaveLength(3)
    expect(tagsOf(path)).toEqual([TAG_OF_ALL, ...roots.map(tagOf)].sort())
    const index = await ask('127.0.0.1', `/ipfs/${root}/`)
    const page = await ask('127.0.0.1', `/ipfs/${root}/index.html`)
    expect(tagsOf(index)).toEqual(tagsOf(page))
    expect(tagsOf(index)).toHaveLength(3)
    expect(tagsOf(await ask('127.0.0.1', `/ipfs/${root}/below/`))).toContain(TAG_OF_DEEP)
    expect(tagsOf(await ask('127.0.0.1', `/ipfs/${root}?format=car`))).toEqual(
      [TAG_OF_ALL, TAG_OF_DEEP, tagOf(root)].sort(),
    )
    expect(tagsOf(await ask('127.0.0.1', `/ipfs/${root}`))).toEqual([TAG_OF_ALL, tagOf(root)].sort())
  })

  it('of a name: its tag besides those of where it leads, for as long as its record says', async () => {
    const key = ipnsKey('a name with tags')
    const { name } = key
    const record = makeIpnsRecord(key, { value: `/ipfs/${file}`, ttlSeconds: 30 })
    await inForce(await t.db.unitOfWork.run((uow) => putIpnsRecord(uow, { key: name, record, register: true })))
    const answer = await ask('127.0.0.1', `/ipns/${name}`)
    expect(tagsOf(answer)).toEqual([TAG_OF_ALL, tagOfName(name), tagOf(file)].sort())
    expect(answer.headers['cdn-cache-control']).toMatch(/^max-age=(?:[12]?\d|30), /)
    const signed = await ask('127.0.0.1', `/ipns/${name}?format=ipns-record`)
    expect(tagsOf(signed)).toEqual([TAG_OF_ALL, tagOfName(name)].sort())
  })

  it('that what the Accept header chose is nothing for Cloudflare, which keeps one answer for an address', async () => {
    const raw = await ask('127.0.0.1', `/ipfs/${file}`, { Accept: 'application/vnd.ipld.raw' })
    expect(raw.headers['cloudflare-cdn-cache-control']).toBe('no-store')
  })

  it.each([
    ['an unknown CID', '/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy', 404],
    ['a private file', `/files/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy`, 404],
    ['its health', '/health/live', 200],
  ])('nothing of %s', async (_, path, status) => {
    const answer = await ask('127.0.0.1', path)
    expect(answer.status).toBe(status)
    expect(answer.headers['cache-control']).toContain('no-store')
    expect(answer.headers).not.toHaveProperty('surrogate-key')
    expect(answer.headers).not.toHaveProperty('cdn-cache-control')
  })
})

describe('gateways of organizations', () => {
  it('have a tag of their own, and hosts that may become theirs have it before', async () => {
    const name = await open({}, 'files.example.org')
    expect(tagsOf(await ask(`${name}.gw.example`, `/ipfs/${file}`))).toContain(tagOfGateway(name))
    const own = tagsOf(await ask('Files.example.org:8080', `/ipfs/${file}`))
    expect(own).toEqual(expect.arrayContaining([tagOfGateway(name), tagOfHost('files.example.org')]))
    expect(tagsOf(await ask('nobody-yet.gw.example', `/ipfs/${file}`))).toContain(tagOfGateway('nobody-yet'))
    expect(tagsOf(await ask('Tomorrow.example.org', `/ipfs/${file}`))).toContain(tagOfHost('tomorrow.example.org'))
  })

  it.each([
    ['asks for tokens', { token_required: true }, 401, 'private, no-store'],
    ['is for some addresses', { allowed_addresses: ['127.0.0.0/8'] }, 200, 'private, no-store'],
    ['counts its visits', { requests_per_minute: 100 }, 200, 'private, max-age=29030400, immutable'],
    ['counts its bytes', { bytes_per_minute: 1_000_000 }, 200, 'private, max-age=29030400, immutable'],
  ])('no shared cache keeps what comes through one that %s', async (_, settings, status, expected) => {
    const host = `${await open(settings)}.gw.example`
    for (let turn = 0; turn < 2; turn++) {
      const answer = await ask(host, `/ipfs/${file}`)
      expect(answer.status).toBe(status)
      expect(answer.headers['cache-control']).toBe(expected)
      expect(answer.headers).not.toHaveProperty('surrogate-key')
      expect(answer.headers).not.toHaveProperty('cdn-cache-control')
    }
  })
})

describe('what answers depend on', () => {
  it.each([
    ['the default', {}, 200],
    ['a page', { Accept: 'text/html' }, 200],
    ['a block', { Accept: 'application/vnd.ipld.raw' }, 200],
    ['what has not changed', { 'If-None-Match': '*' }, 304],
    ['a part', { Range: 'bytes=0-1' }, 206],
  ])('is told of %s', async (_, headers, status) => {
    for (let turn = 0; turn < 2; turn++) {
      const answer = await ask('127.0.0.1', `/ipfs/${file}`, headers)
      expect(answer.status).toBe(status)
      expect(answer.headers.vary).toBe('Accept')
    }
  })

  it('is the address alone where that says the format', async () => {
    expect((await ask('127.0.0.1', `/ipfs/${file}?format=raw`, { Accept: 'text/html' })).headers.vary).toBeUndefined()
  })

  it('is told of listings and redirects to them', async () => {
    for (const path of ['/', '/below', '/below/'])
      expect((await ask('127.0.0.1', `/ipfs/${folder.root}${path}`)).headers.vary).toBe('Accept')
  })

  it('is not what strangers write of hosts', async () => {
    const plain = await ask('127.0.0.1', `/ipfs/${folder.root}/below/`)
    const lied = await ask('127.0.0.1', `/ipfs/${folder.root}/below/`, {
      'X-Forwarded-Host': `${folder.root}.ipfs.gw.example`,
      'X-Forwarded-Proto': 'https',
      'X-Host': 'evil.example',
      Forwarded: 'host=evil.example',
    })
    expect(lied.body).toBe(plain.body)
    expect({ ...lied.headers, date: '' }).toEqual({ ...plain.headers, date: '' })
  })
})
