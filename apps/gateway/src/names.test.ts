import { randomUUIDv7 } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { putIpnsRecord } from '@packages/db/ipns/put-ipns-record'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { createTxtLookUp } from '@packages/runtime/dns/txt-look-up'
import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { createServer as createNameServer, Packet } from 'dns2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDnslinkFinder } from './names/dnslink-finder.ts'
import { type AskHost, askHost } from './test-support/ask-host.ts'
import { ipnsKey, makeIpnsRecord, type RecordOptions } from './test-support/make-ipns-record.ts'
import { storeFolder } from './test-support/store-folder.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const GW = 'gw.example:8080'
const PATH = 'elsewhere.example'
const RECORD = 'application/vnd.ipfs.ipns-record'
const IMMUTABLE = 'public, max-age=29030400, immutable'

const zone: Record<string, { texts: string[]; ttl: number }> = {}
const map = new Map<string, string>()
const site = ipnsKey('site')
const deep = ipnsKey('deep')

let t: TestGateway
let ask: AskHost
let file: string
let root: string
beforeAll(async () => {
  t = await startTestGateway({
    sites: { subdomainHosts: ['gw.example'], dnslinkHosts: ['*.dns.example', 'map.example'] },
    dnslinks: { map, lookUp: async (name) => zone[name] ?? null },
  })
  ask = askHost(t.gateway.port)
  file = (await t.upload(Buffer.from('hello\n'))).cid
  root = (
    await storeFolder(t.store, {
      'root2/root3/root4/index.html': '<p>hello',
      'root2/root3/other.txt': 'other',
      '404.html': 'my 404',
      _redirects: '/one /two 302\n/x/* /404.html 404\n/ipns/* /two 302\n',
    })
  ).root
  map.set('map.example', `/ipfs/${root}`)
  zone['_dnslink.a.dns.example'] = { texts: [`dnslink=/ipfs/${file}`], ttl: 300 }
  zone['_dnslink.sub.dns.example'] = { texts: [`dnslink=/ipfs/${root}/root2`], ttl: 300 }
  zone['_dnslink.loop.dns.example'] = { texts: ['dnslink=/ipns/loop.dns.example'], ttl: 300 }
  zone['_dnslink.key.dns.example'] = { texts: [`dnslink=/ipns/${site.name}`], ttl: 300 }
  await put(site, { value: `/ipfs/${root}`, ttlSeconds: 1_800 })
  await put(deep, { value: `/ipfs/${root}/root2` })
})
afterAll(async () => t?.stop())

const put = async (key: typeof site, options: RecordOptions, register = true) => {
  const record = makeIpnsRecord(key, options)
  return (await t.db.unitOfWork.run((uow) => putIpnsRecord(uow, { key: key.name, record, register }))).result
}

describe('DNSLink gateway, "Host (request header)"', () => {
  it('a domain serves what its DNSLink says', async () => {
    const answer = await ask('a.dns.example', '/')
    expect([answer.status, answer.body]).toEqual([200, 'hello\n'])
    expect((await ask('map.example', '/root2/root3/other.txt')).body).toBe('other')
  })

  it('an additional path segment is preserved', async () => {
    expect((await ask('sub.dns.example', '/root3/root4/')).body).toBe('<p>hello')
    expect((await ask('sub.dns.example', '/root3/other.txt')).body).toBe('other')
  })

  it('a DNSLink to an IPNS name is followed', async () => {
    expect((await ask('key.dns.example', '/root2/root3/other.txt')).body).toBe('other')
  })

  it('400 at the recursion limit', async () => {
    const answer = await ask('loop.dns.example', '/')
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('more than 32')])
  })

  it('a domain without a DNSLink is 502, and one that is not set up is a path gateway', async () => {
    expect((await ask('nothing.dns.example', '/')).status).toBe(502)
    expect((await ask('other.example', '/')).body).toContain('Holdfast')
  })

  it('/ipfs is not mounted there', async () => {
    expect((await ask('map.example', `/ipfs/${file}`)).status).toBe(404)
  })

  it('a directory is redirected within the address that is shown', async () => {
    const answer = await ask('sub.dns.example', '/root3')
    expect([answer.status, answer.headers.location]).toEqual([301, '/root3/'])
  })
})

describe('DNSLinks of a name server', () => {
  it('are asked for by TXT at DNS_SERVERS, and kept for their time', async () => {
    const asked: string[] = []
    const server = createNameServer({
      udp: true,
      handle: (request, send) => {
        const response = Packet.createResponseFromRequest(request)
        const [question] = request.questions
        asked.push(question?.name ?? '')
        if (question?.name === '_dnslink.real.example')
          response.answers.push(
            Packet.createResourceFromQuestion(question, { ttl: 120, data: `dnslink=/ipfs/${file}` }),
          )
        send(response)
      },
    })
    const { udp } = await server.listen({ udp: { port: 0, address: '127.0.0.1' } })
    const lookUp = createTxtLookUp([{ address: '127.0.0.1', port: (udp as AddressInfo).port }])
    const find = createDnslinkFinder({ map: new Map(), lookUp })
    const own = await startTestGateway({
      sites: { subdomainHosts: [], dnslinkHosts: ['*'] },
      dnslinks: { map: new Map(), lookUp },
    })
    try {
      const body = Buffer.from('hello\n')
      expect((await own.upload(body)).cid).toBe(file)
      const from = askHost(own.gateway.port)
      const answer = await from('real.example', '/')
      expect([answer.status, answer.body]).toEqual([200, 'hello\n'])
      expect(answer.headers['cache-control']).toMatch(/^public, max-age=1(20|19|1[0-8])$/)
      expect((await from('real.example', '/')).status).toBe(200)
      expect(asked).toEqual(['_dnslink.real.example'])
      expect(await find('none.example', { client: '127.0.0.1', wider: null })).toBeNull()
    } finally {
      await own.stop()
      await server.close()
    }
  })
})

describe('subdomain gateway, names in hosts', () => {
  it.each([
    ['inlined', `a-dns-example.ipns.${GW}`, '/', 'hello\n'],
    ['with its dots', `a.dns.example.ipns.${GW}`, '/', 'hello\n'],
    ['a key', `${site.name}.ipns.${GW}`, '/root2/root3/other.txt', 'other'],
  ])('%s: served on an origin of its own', async (_, host, path, body) => {
    for (let times = 0; times < 2; times++) {
      const answer = await ask(host, path)
      expect([answer.status, answer.body]).toEqual([200, body])
      expect(answer.headers['content-security-policy']).toBeUndefined()
    }
  })

  it('a path is redirected to the host of its name', async () => {
    expect((await ask(GW, `/ipns/${site.name}/a?b`)).headers.location).toBe(`http://${site.name}.ipns.${GW}/a?b`)
    expect((await ask(GW, '/ipns/a.dns.example')).headers.location).toBe(`http://a-dns-example.ipns.${GW}/`)
  })
})

describe('path gateway, /ipns', () => {
  it('serves what the name leads to, for as long as its record says', async () => {
    const answer = await ask(PATH, `/ipns/${site.name}/root2/root3/root4/`)
    expect([answer.status, answer.body]).toEqual([200, '<p>hello'])
    expect(answer.headers['cache-control']).toBe('public, max-age=1800')
    expect(answer.headers['ipfs-uri']).toBe(`ipns://${site.name}/root2/root3/root4/`)
    expect(answer.headers['x-ipfs-roots']?.split(',')[0]).toBe(root)
    expect(answer.headers['content-security-policy']).toContain('sandbox')
  })

  it('without a known time it says none, and never that it is immutable', async () => {
    const answer = await ask(PATH, `/ipns/${deep.name}/root3/other.txt`)
    expect([answer.body, answer.headers['cache-control']]).toEqual(['other', undefined])
    const dns = await ask(PATH, '/ipns/a.dns.example')
    expect(dns.headers['cache-control']).toMatch(/^public, max-age=(300|29\d)$/)
    expect((await ask(PATH, `/ipfs/${file}`)).headers['cache-control']).toBe(IMMUTABLE)
  })

  it('ETag and If-None-Match are those of what is sent', async () => {
    const first = await ask(PATH, `/ipns/${site.name}/root2/root3/other.txt`)
    const again = await ask(PATH, `/ipns/${site.name}/root2/root3/other.txt`, {
      'If-None-Match': first.headers.etag ?? '',
    })
    expect([again.status, again.headers['cache-control']]).toEqual([304, 'public, max-age=1800'])
  })

  it('a directory is redirected under its name', async () => {
    const answer = await ask(PATH, `/ipns/${site.name}/root2/root3`)
    expect([answer.status, answer.headers.location]).toEqual([301, `/ipns/${site.name}/root2/root3/`])
    expect(answer.headers['cache-control']).toBe('public, max-age=1800')
  })

  it.each([
    [
      '12D3KooWRBy97UB99e3J6hiPesre1MZeuNQvfan4gBziswrRJsNK',
      'k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8',
    ],
    ['QmcJM7PRfkSbcM5cf1QugM5R37TLRKyJGgBEhXjLTB8uA2', 'k2k4r8ol4m8kkcqz509c1rcjwunebj02gcnm5excpx842u736nja8ger'],
  ])('the PeerID %s is redirected to the CID of its key', async (peer, key) => {
    const answer = await ask(PATH, `/ipns/${peer}/root2/?a=b`)
    expect([answer.status, answer.headers.location]).toEqual([302, `/ipns/${key}/root2/?a=b`])
  })

  it.each([
    ['an unknown key', () => `/ipns/${ipnsKey('unknown').name}`, 502],
    ['a domain without a DNSLink', () => '/ipns/nothing.example', 502],
    ['no name', () => '/ipns/nonsense', 400],
    ['an address', () => '/ipns/127.0.0.1', 400],
    ['nothing', () => '/ipns/', 400],
  ])('%s', async (_, path, status) => {
    const answer = await ask(PATH, path())
    expect([answer.status, answer.headers['cache-control']]).toEqual([status, 'no-store'])
  })

  it('a record that has ended leads nowhere', async () => {
    const key = ipnsKey('short')
    await put(key, { value: `/ipfs/${file}` })
    await t.db.kysely
      .updateTable('ipns_names')
      .set({ record: makeIpnsRecord(key, { value: `/ipfs/${file}`, validUntil: '2020-01-01T00:00:00Z' }) })
      .where('name', '=', key.name)
      .execute()
    expect((await ask(PATH, `/ipns/${key.name}`)).status).toBe(502)
    expect((await ask(PATH, `/ipns/${key.name}?format=ipns-record`)).status).toBe(502)
  })
})

describe('IPNS records, kept', () => {
  it('a newer one is in force at once, an older one changes nothing', async () => {
    const key = ipnsKey('changing')
    expect(await put(key, { value: `/ipfs/${file}`, sequence: 5n })).toBe('stored')
    expect((await ask(PATH, `/ipns/${key.name}`)).body).toBe('hello\n')
    expect(await put(key, { value: `/ipfs/${root}/404.html`, sequence: 4n })).toBe('older')
    expect(await put(key, { value: `/ipfs/${file}`, sequence: 5n })).toBe('held')
    expect(await put(key, { value: `/ipfs/${root}/404.html`, sequence: 6n })).toBe('stored')
    await expect.poll(async () => (await ask(PATH, `/ipns/${key.name}`)).body, { timeout: 10_000 }).toBe('my 404')
  })

  it('a name that nobody registered is taken only with its registration', async () => {
    expect(await put(ipnsKey('unregistered'), { value: `/ipfs/${file}` }, false)).toBe('unknown')
  })

  it('what the key of the name has not signed is refused', async () => {
    const record = makeIpnsRecord(ipnsKey('forger'), { value: `/ipfs/${file}`, sequence: 99n })
    const forged = t.db.unitOfWork.run((uow) => putIpnsRecord(uow, { key: site.name, record, register: true }))
    await expect(forged).rejects.toThrow('not signed by the key')
  })
})

describe('IPNS records, kept of names whose key is elsewhere', () => {
  const key = ipnsKey('elsewhere')
  const found: Uint8Array[] = []
  let asked = 0
  let own: TestGateway
  let read: () => Promise<string>
  let files: string[]
  const dht = async () => {
    asked++
    return found
  }
  beforeAll(async () => {
    const outgoing = new OutgoingCalls({ steeredBy: 'operator', maxBodyBytes: 16_384 })
    own = await startTestGateway({ routers: { origins: [], outgoing, dht } })
    const from = askHost(own.gateway.port)
    read = async () => (await from(PATH, `/ipns/${key.name}`)).body
    files = [(await own.upload(Buffer.from('one'))).cid, (await own.upload(Buffer.from('two'))).cid]
    const record = makeIpnsRecord(key, { value: `/ipfs/${files[0]}` })
    await own.db.unitOfWork.run((uow) => putIpnsRecord(uow, { key: key.name, record, register: true }))
  })
  afterAll(() => own.stop())

  it('answer at once, and a newer one of the DHT comes into force beside', async () => {
    found.push(makeIpnsRecord(key, { value: `/ipfs/${files[1]}`, sequence: 2n }))
    expect(await read()).toBe('one')
    await expect.poll(read, { timeout: 10_000 }).toBe('two')
    const row = await own.db.kysely
      .selectFrom('ipns_names')
      .select('record')
      .where('name', '=', key.name)
      .executeTakeFirst()
    expect(row?.record).toEqual(found[0])
  })

  it('nobody is asked of a name whose key is kept here', async () => {
    const { organizationId } = await own.newOwner()
    const [keyId, mine] = [randomUUIDv7(), ipnsKey('of an organization')]
    await own.db.kysely
      .insertInto('ipns_keys')
      .values({ id: keyId, organization_id: organizationId, label: 'a', name: mine.name, private_sealed: Buffer.of(1) })
      .execute()
    const record = makeIpnsRecord(mine, { value: `/ipfs/${files[0]}` })
    await own.db.unitOfWork.run((uow) => putIpnsRecord(uow, { key: mine.name, record, register: true }))
    const from = askHost(own.gateway.port)
    const body = async () => (await from(PATH, `/ipns/${mine.name}`)).body
    await own.db.kysely.updateTable('ipns_names').set({ key_id: keyId }).where('name', '=', mine.name).execute()
    const before = asked
    expect(await body()).toBe('one')
    expect(asked).toBe(before)
  })
})

describe('trustless gateway, "IPNS Record Responses"', () => {
  it.each([
    ['?format=ipns-record', {}],
    ['', { Accept: RECORD }],
  ])('by %j %j', async (query, headers) => {
    const answer = await ask(PATH, `/ipns/${site.name}${query}`, headers as Record<string, string>)
    expect([answer.status, answer.headers['content-type']]).toEqual([200, RECORD])
    expect(answer.headers['cache-control']).toBe('public, max-age=1800')
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="${site.name}.ipns-record"`)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.headers.vary).toBe(query === '' ? 'Accept' : undefined)
    expect(answer.headers['content-location']).toBe(query === '' ? `/ipns/${site.name}?format=ipns-record` : undefined)
  })

  it('filename, HEAD and If-None-Match', async () => {
    const named = await ask(
      PATH,
      `/ipns/${site.name}?format=ipns-record&filename=test%D1%82%D0%B5%D1%81%D1%82.ipns-record`,
    )
    expect(named.headers['content-disposition']).toBe(
      `attachment; filename="test____.ipns-record"; filename*=UTF-8''test%D1%82%D0%B5%D1%81%D1%82.ipns-record`,
    )
    const head = await ask(PATH, `/ipns/${site.name}?format=ipns-record`, {}, 'HEAD')
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', named.headers['content-length']])
    const same = await ask(PATH, `/ipns/${site.name}?format=ipns-record`, { 'If-None-Match': named.headers.etag ?? '' })
    expect(same.status).toBe(304)
  })

  it.each(['/root2?format=ipns-record', '/?format=ipns-record'])('%s: a record has no path', async (rest) => {
    expect((await ask(PATH, `/ipns/${site.name}${rest}`)).status).toBe(rest.startsWith('/?') ? 200 : 400)
  })

  it('a domain has none', async () => {
    expect((await ask(PATH, '/ipns/a.dns.example?format=ipns-record')).status).toBe(400)
  })
})

describe('Delegated Routing V1, /routing/v1/ipns/{name}', () => {
  const url = `/routing/v1/ipns/${site.name}`

  it('GET gives the record and how long it may be kept', async () => {
    const { status, headers } = await ask(PATH, url, { Accept: RECORD })
    expect([status, headers['content-type'], headers.vary]).toEqual([200, RECORD, 'Accept'])
    expect(headers['cache-control']).toMatch(/^public, max-age=1800, stale-while-revalidate=\d+, stale-if-error=\d+$/)
    expect(headers.expires).toBe('Thu, 01 Jan 2099 00:00:00 GMT')
    expect(headers['last-modified']).toBeDefined()
    expect((await ask(PATH, url, { Accept: RECORD, 'If-None-Match': headers.etag ?? '' })).status).toBe(304)
  })

  it('IPIP-513: none is 200 of another type', async () => {
    const answer = await ask(PATH, `/routing/v1/ipns/${ipnsKey('unknown').name}`, { Accept: RECORD })
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
  })

  it('406 without its type, 400 for no name, 405 for other methods', async () => {
    expect((await ask(PATH, url, { Accept: 'application/json' })).status).toBe(406)
    expect((await ask(PATH, url)).status).toBe(406)
    expect((await ask(PATH, '/routing/v1/ipns/nonsense', { Accept: RECORD })).status).toBe(400)
    expect((await ask(PATH, url, {}, 'DELETE')).status).toBe(405)
  })

  const publish = (key: typeof site, body: Buffer, type = RECORD, more: Record<string, string> = {}) =>
    fetch(`${t.url}/routing/v1/ipns/${key.name}`, { method: 'PUT', body, headers: { 'Content-Type': type, ...more } })

  it('PUT takes newer records of registered names, and nothing else', async () => {
    const key = ipnsKey('published')
    const first = makeIpnsRecord(key, { value: `/ipfs/${file}` })
    expect((await publish(key, first)).status).toBe(403)
    await put(key, { value: `/ipfs/${file}` })
    const second = makeIpnsRecord(key, { value: `/ipfs/${root}`, sequence: 2n })
    expect((await publish(key, second)).status).toBe(200)
    expect((await publish(key, second)).status).toBe(200)
    expect((await publish(key, first)).status).toBe(400)
    expect((await publish(key, makeIpnsRecord(ipnsKey('forger'), { value: '/ipfs/x', sequence: 9n }))).status).toBe(400)
    expect((await publish(key, Buffer.from('nonsense'))).status).toBe(400)
    expect((await publish(key, first, 'application/json')).status).toBe(406)
    expect((await publish(key, second, RECORD, { 'Content-Encoding': 'gzip' })).status).toBe(415)
    expect((await publish(key, Buffer.alloc(11_000))).status).toBe(413)
    await expect
      .poll(async () => (await ask(PATH, `/ipns/${key.name}/root2/root3/other.txt`)).body, { timeout: 10_000 })
      .toBe('other')
  })

  it('is not there on the host of a site', async () => {
    expect((await ask('map.example', url)).status).toBe(404)
  })
})

const asked = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await ask(PATH, `/routing/v1/${path}`, headers)
  return { ...answer, json: () => JSON.parse(answer.body) as Record<string, { ID: string }[]> }
}

describe('Delegated Routing V1, /routing/v1/providers and /peers', () => {
  it('the gateway provides what it holds, whichever block it is', async () => {
    const answer = await asked(`providers/${file}`)
    expect([answer.status, answer.headers['content-type'], answer.headers.vary]).toEqual([
      200,
      'application/json',
      'Accept',
    ])
    expect(answer.json()).toEqual({
      Providers: [
        {
          Schema: 'peer',
          ID: expect.stringMatching(/^k2k4r8/),
          Addrs: ['/dns/localhost/tcp/80/http'],
          Protocols: ['transport-ipfs-gateway-http'],
        },
      ],
    })
    expect(answer.headers['access-control-allow-origin']).toBe('*')
  })

  it('200 with nothing for what it does not hold, and for a shorter time', async () => {
    const answer = await asked('providers/bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi')
    expect([answer.status, answer.json()]).toEqual([200, { Providers: [] }])
    expect(answer.headers['cache-control']).toBe('public, max-age=15')
  })

  it('Streaming: one a line for who asks for it', async () => {
    const answer = await asked(`providers/${file}`, { Accept: 'application/x-ndjson' })
    expect(answer.headers['content-type']).toBe('application/x-ndjson')
    expect(answer.body.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(answer.body)).toMatchObject({ Schema: 'peer' })
  })

  it('IPIP-484: filters', async () => {
    expect((await asked(`providers/${file}?filter-protocols=transport-bitswap`)).json()).toEqual({ Providers: [] })
    expect((await asked(`providers/${file}?filter-addrs=%21tcp`)).json()).toEqual({ Providers: [] })
    expect(
      (await asked(`providers/${file}?filter-addrs=http&filter-protocols=unknown,transport-ipfs-gateway-http`)).json()
        .Providers,
    ).toHaveLength(1)
    expect((await asked(`providers/${file}?filter-addrs=${'x'.repeat(70)}`)).status).toBe(422)
  })

  it('peers: the gateway itself, and nobody else', async () => {
    const id = (await asked(`providers/${file}`)).json().Providers?.[0]?.ID
    expect((await asked(`peers/${id}`)).json().Peers).toHaveLength(1)
    expect((await asked(`peers/${site.name}`)).json()).toEqual({ Peers: [] })
  })

  it('422 for what is no CID or PeerID, 400 for an unknown path, 501 for the DHT', async () => {
    expect((await asked('providers/nonsense')).status).toBe(422)
    expect((await asked('peers/nonsense')).status).toBe(422)
    expect((await asked('other/x')).status).toBe(400)
    expect((await asked('dht/closest/peers/x')).status).toBe(501)
  })

  it('what is given back has no provider any more', async () => {
    const upload = await t.upload(Buffer.from('provided for a while'))
    expect((await asked(`providers/${upload.cid}`)).json().Providers).toHaveLength(1)
    await t.remove(upload)
    expect((await asked(`providers/${upload.cid}`)).json()).toEqual({ Providers: [] })
  })
})

describe('_redirects under names', () => {
  it('at a domain and on a subdomain, with the times of the name', async () => {
    for (const host of ['map.example', `map-example.ipns.${GW}`, `${site.name}.ipns.${GW}`]) {
      const answer = await ask(host, '/one')
      expect([host, answer.status, answer.headers.location]).toEqual([host, 302, '/two'])
      const custom = await ask(host, '/x/y')
      expect([custom.status, custom.body]).toEqual([404, 'my 404'])
      expect(custom.headers['cache-control'] ?? '').not.toContain('immutable')
    }
  })
  it('stands at the root that the name leads to, which may be a directory below', async () => {
    expect((await ask('sub.dns.example', '/one')).status).toBe(404)
  })
  it('counts not on a path, where origins are not apart', async () => {
    expect((await ask(PATH, `/ipns/${site.name}/one`)).status).toBe(404)
    // Nor does a rule that would fit the whole path.
    expect((await ask(PATH, `/ipns/${site.name}/none`)).status).toBe(404)
    expect((await ask('map.example', '/ipns/none')).status).toBe(302)
  })
})

describe('names that are kept elsewhere', () => {
  it('are resolved by a delegated router, which may be another of these gateways', async () => {
    const outgoing = new OutgoingCalls({ steeredBy: 'operator' })
    const other = await startTestGateway({ routers: { origins: [t.url], outgoing } })
    try {
      expect((await other.upload(Buffer.from('hello\n'))).cid).toBe(file)
      const key = ipnsKey('elsewhere')
      await put(key, { value: `/ipfs/${file}`, ttlSeconds: 90 })
      const from = askHost(other.gateway.port)
      const answer = await from(PATH, `/ipns/${key.name}`)
      expect([answer.status, answer.body]).toEqual([200, 'hello\n'])
      expect(answer.headers['cache-control']).toMatch(/^public, max-age=[5-9]\d$/)
      expect((await from(PATH, `/ipns/${key.name}?format=ipns-record`)).headers['content-type']).toBe(RECORD)
      expect((await from(PATH, `/ipns/${ipnsKey('nowhere').name}`)).status).toBe(502)
    } finally {
      await other.stop()
    }
  })

  it('one client that asks for many that nobody has leaves look-ups for the others', async () => {
    const walked: string[] = []
    const open = Promise.withResolvers<null>()
    const elsewhere = ipnsKey('in the DHT')
    const dht = async (key: string) => {
      walked.push(key)
      return key === elsewhere.name ? [makeIpnsRecord(elsewhere, { value: `/ipfs/${file}` })] : open.promise
    }
    const outgoing = new OutgoingCalls({ steeredBy: 'operator' })
    const other = await startTestGateway({ routers: { origins: [], outgoing, dht }, trustedProxies: ['127.0.0.1'] })
    try {
      await other.upload(Buffer.from('hello\n'))
      const get = (path: string, client: string) =>
        fetch(`${other.url}${path}`, { headers: { accept: '*/*', 'x-forwarded-for': client } })
      const statuses: number[] = []
      const hanging = Array.from({ length: 30 }, async (_, at) => {
        statuses.push((await get(`/ipns/${ipnsKey(`none ${at}`).name}`, '192.0.2.66')).status)
      })
      await expect.poll(() => [walked.length, ...statuses]).toEqual([4, ...Array.from({ length: 26 }, () => 429)])
      const paths = [`/ipns/${ipnsKey('one more').name}`, `/routing/v1/ipns/${elsewhere.name}`]
      for (const path of paths) {
        const refused = await get(path, '192.0.2.66')
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
        expect(await refused.text()).toMatch(/^429 rate_limited: .*\nToo many names/)
      }
      const answer = await get(`/ipns/${elsewhere.name}`, '192.0.2.1')
      expect([answer.status, await answer.text()]).toEqual([200, 'hello\n'])
      open.resolve(null)
      await Promise.all(hanging)
      expect(statuses.slice(26)).toEqual([502, 502, 502, 502])
    } finally {
      await other.stop()
    }
  })
})

const several = <T>(times: number, of: (at: number) => T): T[] => Array.from({ length: times }, (_, at) => of(at))

describe('names that one client may have looked up in a minute', () => {
  const LIMIT = 12
  const limiter = (name: string) => createMemoryRateLimiter({ name, limit: LIMIT, windowMs: 60_000 })

  it('are counted for all workers, domains and keys together; what is known here costs nothing', async () => {
    const looked: string[] = []
    const lookUp = async (name: string) => {
      looked.push(name)
      return name.startsWith('_dnslink.site') ? { texts: [`dnslink=/ipfs/${file}`], ttl: 600 } : null
    }
    const dht = async (key: string) => {
      looked.push(key)
      return []
    }
    const outgoing = new OutgoingCalls({ steeredBy: 'operator' })
    const own = await startTestGateway({
      workers: 2,
      sites: { subdomainHosts: [], dnslinkHosts: ['*.site.example'] },
      dnslinks: { map: new Map([['set.example', `/ipfs/${file}`]]), lookUp },
      routers: { origins: [], outgoing, dht },
      nameQuota: { client: limiter('client'), wider: limiter('wider') },
      trustedProxies: ['127.0.0.1'],
    })
    try {
      await own.upload(Buffer.from('hello\n'))
      const kept = ipnsKey('kept here')
      const record = makeIpnsRecord(kept, { value: `/ipfs/${file}` })
      await own.db.unitOfWork.run((uow) => putIpnsRecord(uow, { key: kept.name, record, register: true }))
      const get = (path: string, client = '192.0.2.66') =>
        fetch(`${own.url}${path}`, {
          headers: { accept: '*/*', 'x-forwarded-for': client, connection: 'close' },
        })
      const statuses = async (...paths: string[]): Promise<number[]> => {
        const given: number[] = []
        for (const path of paths) given.push((await get(path)).status)
        return given
      }
      expect(await statuses(...several(4, (at) => `/ipns/site${at}.example`))).toEqual([200, 200, 200, 200])
      expect(await statuses(...several(4, (at) => `/ipns/${ipnsKey(`nobody ${at}`).name}`))).toEqual([
        502, 502, 502, 502,
      ])
      expect(await statuses(...several(40, () => '/ipns/site0.example'))).toEqual(several(40, () => 200))
      expect(await statuses(...several(4, (at) => `/routing/v1/ipns/${ipnsKey(`no record ${at}`).name}`))).toEqual(
        several(4, () => 200),
      )
      const before = looked.length

      const beyond = [
        '/ipns/site9.example',
        `/ipns/${ipnsKey('more').name}`,
        `/routing/v1/ipns/${ipnsKey('more').name}`,
      ]
      for (const path of [...beyond, ...beyond]) {
        const refused = await get(path)
        expect([path, refused.status]).toEqual([path, 429])
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(6)
        expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
        expect(await refused.text()).toMatch(/^429 rate_limited: .*\nToo many names have been looked up for you/)
      }
      expect((await askHost(own.gateway.port)('a.site.example', '/', { 'X-Forwarded-For': '192.0.2.66' })).status).toBe(
        429,
      )
      expect(looked).toHaveLength(before)
      expect(await statuses('/ipns/set.example', `/ipns/${kept.name}`, '/ipns/site3.example')).toEqual([200, 200, 200])
      expect((await get('/ipns/site9.example', '192.0.2.1')).status).toBe(200)
      expect((await get('/ipns/site9.example')).status).toBe(200)
    } finally {
      await own.stop()
    }
  })
})
