import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import { DomainLooks } from '@packages/db/gateway-domains/domain-looks'
import { makeProof, proofRecord } from '@packages/db/gateway-domains/domain-proof'
import { readOpenGateways } from '@packages/db/open-gateways'
import { waitForGateways } from '@packages/db/policy-log'
import type { NewRow } from '@packages/db/tables'
import type { Committed } from '@packages/db/unit-of-work'
import { startTestNameServer, type TestNameServer } from '@packages/runtime/dns/test-name-server'
import { createTxtLookUp } from '@packages/runtime/dns/txt-look-up'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { unlimited } from '@packages/runtime/rate-limiter'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Gateway, startGateway } from './start-gateway.ts'
import { type AskHost, askHost } from './test-support/ask-host.ts'
import { rawRequest } from './test-support/raw-request.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'
import { storeFolder } from './test-support/store-folder.ts'

const sites = { subdomainHosts: ['gw.example'], dnslinkHosts: ['*.dnslink.example'] }
const HSTS = 'max-age=31536000; includeSubDomains'

let t: TestGateway
let other: Gateway
let ask: AskHost
let dns: TestNameServer
let looks: DomainLooks
let file: string
let folder: string
let organizationId: string
beforeAll(async () => {
  dns = await startTestNameServer()
  t = await startTestGateway({ sites })
  other = await startGateway({
    db: t.db,
    storeDirectory: t.directory,
    host: '127.0.0.1',
    port: 0,
    workers: 2,
    sites,
    hsts: HSTS,
    files: {
      passwordTries: { client: unlimited, link: unlimited },
      authenticateReader: undefined,
      privateFiles: undefined,
    },
    logger: silentLogger,
    logLevel: 'silent',
  })
  ask = askHost(t.gateway.port)
  looks = new DomainLooks({
    db: t.db,
    lookUp: createTxtLookUp(dns.servers),
    logger: silentLogger,
    intervals: { servedEveryMs: 0, waitingEveryMs: 0 },
  })
  const uploaded = await t.upload(Buffer.from('hello\n'))
  file = uploaded.cid
  organizationId = uploaded.organizationId
  folder = (await storeFolder(t.store, { 'index.html': 'welcome', 'below/a.txt': 'a' })).root
})
afterAll(async () => {
  await other?.stop(200)
  await t?.stop()
  await dns?.stop()
})

type Made = { id: string; gatewayId: string; name: string; domain: string; proof: string }
let made = 0
/** A gateway with a page at its root, and a domain that it names. */
const claim = async (domain: string, settings: Partial<NewRow<'gateways'>> = {}): Promise<Made> => {
  const [id, gatewayId, name, proof] = [randomUUIDv7(), randomUUIDv7(), `own-${made++}`, makeProof()]
  const gateway = { id: gatewayId, organization_id: organizationId, name, token_required: false }
  const { kysely } = t.db
  await kysely
    .insertInto('gateways')
    .values({ ...gateway, index_path: `/ipfs/${folder}/`, ...settings })
    .execute()
  await kysely.insertInto('gateway_domains').values({ id, gateway_id: gatewayId, domain, proof }).execute()
  return { id, gatewayId, name, domain, proof }
}
const publish = (...rows: Made[]): void => {
  for (const { domain } of rows) dns.texts.delete(`_holdfast.${domain}`)
  for (const { domain, proof } of rows) {
    const { name, value } = proofRecord(domain, proof)
    dns.texts.set(name, [...(dns.texts.get(name) ?? []), value])
  }
}
const followed = async ({ policyPosition }: Committed<unknown>): Promise<void> => {
  if (policyPosition !== undefined) expect(await waitForGateways(t.db.kysely, policyPosition, 10_000)).toBe(true)
}
const look = async ({ id }: Made): Promise<void> => followed(await looks.lookAt(id, null))
/** As the periodic looks do: the second that misses the record comes some seconds after the first. */
const lookTwice = async (one: Made): Promise<void> => {
  await look(one)
  await t.db.kysely
    .updateTable('gateway_domains')
    .set({ missed_at: new Date(Date.now() - 15_000), looked_at: new Date(Date.now() - 15_000) })
    .where('id', '=', one.id)
    .execute()
  await look(one)
}
const prove = async (domain: string, settings: Partial<NewRow<'gateways'>> = {}): Promise<Made> => {
  const one = await claim(domain, settings)
  publish(one)
  await look(one)
  return one
}
/** What all workers of both gateways answer, each once. */
const everywhere = async (host: string, path = '/'): Promise<string[]> => {
  const asks = [ask, ...Array<AskHost>(6).fill(askHost(other.port))]
  const answers = await Promise.all(asks.map((one) => one(host, path)))
  return [...new Set(answers.map(({ status, body }) => (body === 'welcome' ? 'welcome' : String(status))))]
}

describe('a domain of a gateway', () => {
  it('is served in every worker from its proof on, and is not any more when its record is gone', async () => {
    const one = await claim('files.example')
    expect(await everywhere(one.domain)).not.toContain('welcome')
    publish(one)
    await look(one)
    expect(await everywhere(one.domain)).toEqual(['welcome'])
    dns.texts.clear()
    await lookTwice(one)
    expect(await everywhere(one.domain)).not.toContain('welcome')
  })

  it('what is being sent by it ends with it', async () => {
    const one = await prove('large.example')
    const large = (await t.upload(randomBytes(32 * 1024 * 1024))).cid
    const sent = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: t.gateway.port, path: `/ipfs/${large}`, headers: { Host: one.domain } }
      request({ ...options, agent: false }, resolve)
        .on('error', reject)
        .end()
    })
    dns.texts.clear()
    await lookTwice(one)
    await expect(sent.toArray()).rejects.toThrow('aborted')
  })

  it('has one spelling, whatever clients make of it', async () => {
    await prove('case.example')
    for (const host of ['case.example', 'CASE.example', 'case.example.', 'case.example:8080', 'Case.Example.:443'])
      expect((await ask(host, '/')).body).toBe('welcome')
  })

  it('in another script is found by its ASCII, and by itself', async () => {
    await prove('xn--bcher-kva.example')
    expect((await ask('xn--bcher-kva.example', '/')).body).toBe('welcome')
    const written = Buffer.from('GET / HTTP/1.1\r\nHost: bücher.example\r\nConnection: close\r\n\r\n')
    expect((await rawRequest(t.gateway.port, written)).body).toBe('welcome')
  })

  it('is no host that only looks like it', async () => {
    await prove('exact.example')
    for (const host of ['a.exact.example', 'inexact.example', 'exact.example.evil', 'exact.example@evil.example'])
      expect((await ask(host, '/')).body).not.toBe('welcome')
    expect((await ask('127.0.0.1', '/', { 'X-Forwarded-Host': 'exact.example' })).body).not.toBe('welcome')
  })

  it('keeps all rules of its gateway', async () => {
    const one = await prove('rules.example', { token_required: true })
    const answer = await ask(one.domain, '/')
    expect([answer.status, answer.headers['cache-control']]).toEqual([401, 'private, no-store'])
    const elsewhere = await prove('hosts.example', { allowed_hosts: ['hosts.example'] })
    expect((await ask(elsewhere.domain, '/')).body).toBe('welcome')
    expect((await ask(`${elsewhere.name}.gw.example`, '/')).status).toBe(403)
  })

  it('goes before the DNSLink of a pattern, and has no files, routing or questions of proxies below it', async () => {
    const one = await prove('own.dnslink.example')
    expect((await ask(one.domain, '/')).body).toBe('welcome')
    const question = `/.well-known/holdfast/tls?domain=${one.domain}`
    for (const path of [`/files/${file}`, `/routing/v1/providers/${file}`, question])
      expect((await ask(one.domain, path)).status).toBe(404)
  })

  it('no host of the platform can be one, whatever a row says', async () => {
    await prove('taken.gw.example')
    expect((await ask('taken.gw.example', '/')).body).not.toBe('welcome')
  })

  it('says nothing of HTTPS, of which its owner knows', async () => {
    await prove('plain.example')
    const elsewhere = askHost(other.port)
    expect((await elsewhere('plain.example', '/')).headers['strict-transport-security']).toBeUndefined()
    expect((await elsewhere('127.0.0.1', '/')).headers['strict-transport-security']).toBe(HSTS)
  })

  it('is not told what was just said of HTTPS at the gateway’s own host, nor the other way round', async () => {
    const one = await prove('mixed.example')
    const elsewhere = askHost(other.port)
    const told: Record<string, Set<string>> = { [one.domain]: new Set(), [`${one.name}.gw.example`]: new Set() }
    for (let round = 0; round < 10; round++)
      for (const [host, said] of Object.entries(told)) {
        const { status, headers } = await elsewhere(host, `/ipfs/${file}`, { Connection: 'keep-alive' })
        said.add(`${status} ${headers['strict-transport-security'] ?? 'nothing'}`)
      }
    expect(told).toEqual({
      [one.domain]: new Set(['200 nothing']),
      [`${one.name}.gw.example`]: new Set([`200 ${HSTS}`]),
    })
  })

  it('is served by who has its record, in all workers, and goes over at once', async () => {
    const first = await prove('moving.example', { index_path: `/ipfs/${file}` })
    expect((await ask('moving.example', '/')).body).toBe('hello\n')
    const second = await claim('moving.example')
    publish(second, first)
    await look(second)
    expect((await ask('moving.example', '/')).body).toBe('hello\n')
    publish(second)
    await look(second)
    expect(await everywhere('moving.example')).toEqual(['welcome'])
    await look(first)
    expect(await everywhere('moving.example')).toEqual(['welcome'])
  })

  it('answers 404 while its gateway is closed, not what a stranger’s host would', async () => {
    const one = await prove('closed.example')
    const [now] = await readOpenGateways(t.db.kysely, { id: one.gatewayId })
    const closed = await t.db.unitOfWork.run(async (uow) => {
      if (now === undefined) throw new Error('the gateway has to be there')
      uow.policy({ kind: 'gateway.changed', name: one.name, gateway: { ...now[1], closed: true } })
    })
    await followed(closed)
    expect((await ask('closed.example', `/ipfs/${file}`)).status).toBe(404)
  })

  it('goes with its gateway', async () => {
    const one = await prove('going.example')
    const gone = await t.db.unitOfWork.run(async (uow) => {
      await uow.tx.deleteFrom('gateways').where('id', '=', one.gatewayId).execute()
      const [now] = await readOpenGateways(uow.tx, { id: one.gatewayId })
      uow.policy({ kind: 'gateway.changed', name: one.name, gateway: now?.[1] ?? null })
    })
    await followed(gone)
    expect(await everywhere('going.example')).not.toContain('welcome')
  })
})

const asked = async (query: string, method = 'GET', host = '127.0.0.1'): Promise<number> =>
  (await ask(host, `/.well-known/holdfast/tls${query}`, {}, method)).status

describe('a proxy that asks whether it may get a certificate', () => {
  beforeAll(async () => {
    await prove('tls.example')
    await claim('waits.example')
  })

  it.each([
    ['?domain=tls.example', 200],
    ['?domain=TLS.example', 200],
    ['?x=1&domain=tls.example', 200],
    ['?domain=waits.example', 404],
    ['?domain=a.tls.example', 404],
    ['?domain=example', 404],
    ['?domain=gw.example', 404],
    ['?domain=127.0.0.1', 404],
    ['?domain=', 404],
    ['?domain=nothing.example&domain=tls.example', 404],
    ['?domain=tls.example%00', 404],
    [`?domain=${'a'.repeat(4_000)}`, 404],
    ['', 404],
  ])('%s: %i', async (query, status) => {
    expect(await asked(query)).toBe(status)
  })

  it('by GET and HEAD, at any host that is the platform’s', async () => {
    await prove('methods.example')
    expect(await asked('?domain=methods.example', 'HEAD')).toBe(200)
    expect(await asked('?domain=methods.example', 'POST')).toBe(405)
    expect(await asked('?domain=methods.example', 'GET', 'gw.example')).toBe(200)
  })

  it('hears no when the record is gone', async () => {
    const one = await prove('gone.example')
    expect(await asked('?domain=gone.example')).toBe(200)
    dns.texts.clear()
    await lookTwice(one)
    expect(await asked('?domain=gone.example')).toBe(404)
  })
})
