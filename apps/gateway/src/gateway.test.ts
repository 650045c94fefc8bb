import { createHash, randomBytes } from 'node:crypto'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { base16 } from 'multiformats/bases/base16'
import { base64url } from 'multiformats/bases/base64'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway, type UploadedFile } from './test-support/start-test-gateway.ts'

let t: TestGateway
let small: UploadedFile
const smallBody = Buffer.from('hello from a pinned file\n')

beforeAll(async () => {
  t = await startTestGateway()
  small = await t.upload(smallBody, { name: 'hello.txt' })
})
afterAll(async () => t?.stop())

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${t.url}${path}`, { redirect: 'manual', ...init })
const uri = async (path: string): Promise<string | null> => (await get(path)).headers.get('ipfs-uri')
const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer())
// The client decides about the connection.
const comparable = (response: Response): [string, string][] =>
  [...response.headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name))
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

describe('GET /ipfs/:cid', () => {
  it('serves a file, cold and hot alike', async () => {
    for (let round = 0; round < 4; round++) {
      const response = await get(`/ipfs/${small.cid}`)
      expect(response.status).toBe(200)
      expect(await bytesOf(response)).toEqual(smallBody)
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(response.headers.get('etag')).toBe(`"${small.cid}"`)
      expect(response.headers.get('cache-control')).toBe('public, max-age=29030400, immutable')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
    }
  })

  it.each(['unixfs-v1-2025', 'unixfs-v0-2015'] as const)('serves files of all sizes in profile %s', async (profile) => {
    for (const size of [0, 1, 255, 262_143, 262_144, 262_145, 1_048_576, 1_048_577, 3_500_000]) {
      const body = randomBytes(size)
      const file = await t.upload(body, { profile })
      for (let round = 0; round < 2; round++) {
        const response = await get(`/ipfs/${file.cid}`)
        expect([response.status, response.headers.get('content-length')]).toEqual([200, String(size)])
        expect(sha256(await bytesOf(response))).toBe(sha256(body))
      }
    }
  })

  it('serves a large file with bounded pieces, and any range of it', async () => {
    for (const profile of ['unixfs-v1-2025', 'unixfs-v0-2015'] as const) {
      const body = randomBytes(48 * 1024 * 1024 + 77)
      const { cid } = await t.upload(body, { profile })
      const ranges: [number, number][] = [
        [0, 1],
        [262_143, 262_146],
        [1_048_575, 1_048_578],
        [5_000_000, 9_000_000],
        [body.length - 1, body.length],
        [0, body.length],
      ]
      for (const [start, end] of ranges) {
        const response = await get(`/ipfs/${cid}`, { headers: { Range: `bytes=${start}-${end - 1}` } })
        expect(response.status).toBe(206)
        expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${body.length}`)
        expect(sha256(await bytesOf(response))).toBe(sha256(body.subarray(start, end)))
      }
      expect(sha256(await bytesOf(await get(`/ipfs/${cid}`)))).toBe(sha256(body))
    }
  })

  it('knows the CID in every multibase and version', async () => {
    const cid = CID.parse(small.cid)
    const forms = [base36, base58btc, base16, base64url].map((base) => cid.toString(base))
    for (const form of [...forms, base16.encode(cid.bytes).replace(/^f/, 'f')]) {
      const response = await get(`/ipfs/${form}`)
      expect([response.status, response.headers.get('etag')]).toEqual([200, `"${small.cid}"`])
    }
    const old = await t.upload(randomBytes(100), { profile: 'unixfs-v0-2015' })
    const v1 = CID.parse(old.cid).toV1().toString()
    expect((await get(`/ipfs/${old.cid}`)).headers.get('etag')).toBe(`"${old.cid}"`)
    expect((await get(`/ipfs/${v1}`)).headers.get('etag')).toBe(`"${v1}"`)
  })

  it('serves a part of a held file by the part’s own CID', async () => {
    const body = randomBytes(2 * 1024 * 1024)
    await t.upload(body)
    const leaf = CID.createV1(0x55, {
      code: 0x12,
      size: 32,
      digest: createHash('sha256')
        .update(body.subarray(0, 1024 * 1024))
        .digest(),
      bytes: Buffer.concat([
        Buffer.from([0x12, 32]),
        createHash('sha256')
          .update(body.subarray(0, 1024 * 1024))
          .digest(),
      ]),
    })
    expect(sha256(await bytesOf(await get(`/ipfs/${leaf}`)))).toBe(sha256(body.subarray(0, 1024 * 1024)))
  })

  it('says what was asked for as one native address, however it was spelt', async () => {
    const plain = `ipfs://${small.cid}`
    expect(await uri(`/ipfs/${small.cid}?download=true`)).toBe(plain)
    expect(await uri(`/ipfs/${CID.parse(small.cid).toString(base36)}`)).toBe(plain)
    expect(await uri(`/ipfs/${small.cid}/`)).toBe(`${plain}/`)
    // A name is known here only; the native address has to work everywhere.
    expect(await uri(`/ipfs/${small.cid}/hello.txt`)).toBe(plain)
    const old = await t.upload(randomBytes(100), { profile: 'unixfs-v0-2015' })
    expect(await uri(`/ipfs/${old.cid}`)).toBe(`ipfs://${CID.parse(old.cid).toV1().toString()}`)
  })

  it('answers HEAD with the headers of GET', async () => {
    const [head, full] = [await get(`/ipfs/${small.cid}`, { method: 'HEAD' }), await get(`/ipfs/${small.cid}`)]
    expect(head.status).toBe(200)
    expect(comparable(head)).toEqual(comparable(full))
    expect((await head.arrayBuffer()).byteLength).toBe(0)
  })

  it('answers 304 to a matching If-None-Match and 206 to a range, also for what is hot', async () => {
    for (let round = 0; round < 3; round++) await (await get(`/ipfs/${small.cid}`)).arrayBuffer()
    const fresh = await get(`/ipfs/${small.cid}`, { headers: { 'If-None-Match': `W/"${small.cid}"` } })
    expect([fresh.status, (await fresh.arrayBuffer()).byteLength]).toEqual([304, 0])
    const part = await get(`/ipfs/${small.cid}`, { headers: { Range: 'bytes=-5' } })
    expect([part.status, (await bytesOf(part)).toString()]).toEqual([206, 'file\n'])
    const beyond = await get(`/ipfs/${small.cid}`, { headers: { Range: 'bytes=500-' } })
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${smallBody.length}`])
  })

  it('serves a raw block by format and by Accept, and says so to caches', async () => {
    const byFormat = await get(`/ipfs/${small.cid}?format=raw`)
    expect(byFormat.headers.get('content-type')).toBe('application/vnd.ipld.raw')
    expect(byFormat.headers.get('etag')).toBe(`"${small.cid}.raw"`)
    expect(byFormat.headers.get('content-disposition')).toBe(`attachment; filename="${small.cid}.bin"`)
    expect(byFormat.headers.get('vary')).toBeNull()
    expect(await bytesOf(byFormat)).toEqual(smallBody)
    const byAccept = await get(`/ipfs/${small.cid}`, { headers: { Accept: 'application/vnd.ipld.raw' } })
    expect(byAccept.headers.get('content-location')).toBe(`/ipfs/${small.cid}?format=raw`)
    expect(byAccept.headers.get('vary')).toBe('Accept')
    const named = `/ipfs/${small.cid}?filename=${encodeURIComponent('a b&c.bin')}`
    const saved = await get(named, { headers: { Accept: 'application/vnd.ipld.raw' } })
    expect(saved.headers.get('content-location')).toBe(`/ipfs/${small.cid}?format=raw&filename=a%20b%26c.bin`)
    const there = await get(saved.headers.get('content-location') ?? '')
    expect(there.headers.get('content-disposition')).toBe(saved.headers.get('content-disposition'))
    const tree = await t.upload(randomBytes(3_000_000))
    const block = await bytesOf(await get(`/ipfs/${tree.cid}?format=raw`))
    expect(sha256(block)).toBe(Buffer.from(CID.parse(tree.cid).multihash.digest).toString('hex'))
  })

  it('gives a hot address another answer when the headers ask for another', async () => {
    for (let round = 0; round < 3; round++) await (await get(`/ipfs/${small.cid}`)).arrayBuffer()
    const raw = await get(`/ipfs/${small.cid}`, { headers: { Accept: 'application/vnd.ipld.raw' } })
    expect(raw.headers.get('content-type')).toBe('application/vnd.ipld.raw')
    const worker = await get(`/ipfs/${small.cid}`, { headers: { 'Service-Worker': 'script' } })
    expect(worker.status).toBe(400)
  })
})

describe('GET /ipfs/:cid/:name', () => {
  it('serves a file under the names its public files have here, and no others', async () => {
    const response = await get(`/ipfs/${small.cid}/hello.txt`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-disposition')).toBe('inline; filename="hello.txt"')
    expect(await bytesOf(response)).toEqual(smallBody)
    expect((await get(`/ipfs/${small.cid}/Hello.txt`)).status).toBe(404)
    expect((await get(`/ipfs/${small.cid}/hello.txt/more`)).status).toBe(404)
    expect((await get(`/ipfs/${small.cid}/hello.txt/`)).status).toBe(404)
    expect((await get(`/ipfs/${small.cid}/%F0%9F%A6%80`)).status).toBe(404)
  })

  it('serves hostile names as what they are', async () => {
    const name = `"; rm -rf <b>тест<i>'.html`
    const file = await t.upload(randomBytes(40), { name })
    const response = await get(`/ipfs/${file.cid}/${encodeURIComponent(name)}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('content-security-policy')).toContain('sandbox')
    const disposition = response.headers.get('content-disposition') ?? ''
    expect(decodeURIComponent(disposition.split("UTF-8''")[1] ?? '')).toBe(name)
  })

  it('forgets a name with the last file that has it, hot or not', async () => {
    const body = randomBytes(500)
    const [first, second] = [await t.newOwner(), await t.newOwner()]
    const kept = await t.upload(body, { name: 'kept.bin', owner: first })
    const dropped = await t.upload(body, { name: 'dropped.bin', owner: second })
    for (let round = 0; round < 3; round++) expect((await get(`/ipfs/${kept.cid}/dropped.bin`)).status).toBe(200)
    await t.remove(dropped)
    await expect.poll(async () => (await get(`/ipfs/${kept.cid}/dropped.bin`)).status, { timeout: 5_000 }).toBe(404)
    expect((await get(`/ipfs/${kept.cid}/kept.bin`)).status).toBe(200)
    expect((await get(`/ipfs/${kept.cid}`)).status).toBe(200)
  })

  it('knows a name as soon as its upload is answered, though it was asked for before', async () => {
    const body = randomBytes(600)
    const file = await t.upload(body, { name: 'one.bin' })
    expect((await get(`/ipfs/${file.cid}/two.bin`)).status).toBe(404)
    await t.upload(body, { name: 'two.bin', owner: await t.newOwner() })
    expect((await get(`/ipfs/${file.cid}/two.bin`)).status).toBe(200)
  })
})

describe('what is not held', () => {
  it('is 404 at once after its last pin went, however hot it was', async () => {
    for (const size of [1000, 400_000, 3_000_000]) {
      const file = await t.upload(randomBytes(size), { name: 'gone.bin' })
      for (let round = 0; round < 4; round++) await (await get(`/ipfs/${file.cid}`)).arrayBuffer()
      await t.remove(file)
      const after = await get(`/ipfs/${file.cid}`)
      expect([after.status, after.headers.get('cache-control')]).toEqual([404, 'no-store'])
      expect((await get(`/ipfs/${file.cid}/gone.bin`)).status).toBe(404)
      expect((await get(`/ipfs/${file.cid}?format=raw`)).status).toBe(404)
    }
  })

  it('is there again after the next upload', async () => {
    const body = randomBytes(700)
    const first = await t.upload(body)
    await t.remove(first)
    expect((await get(`/ipfs/${first.cid}`)).status).toBe(404)
    await t.upload(body)
    expect(await bytesOf(await get(`/ipfs/${first.cid}`))).toEqual(body)
  })

  it('is 404, and 412 to those who only want what is cached', async () => {
    const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
    const response = await get(`/ipfs/${cid}`)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('404 not_found')
    expect((await get(`/ipfs/${cid}`, { headers: { 'Cache-Control': 'only-if-cached' } })).status).toBe(412)
    expect((await get(`/ipfs/${small.cid}`, { headers: { 'Cache-Control': 'only-if-cached' } })).status).toBe(200)
  })
})

describe('everything else', () => {
  it('answers problem+json to those who ask for JSON', async () => {
    const response = await get('/ipfs/nonsense', { headers: { Accept: 'application/json' } })
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
    expect(await response.json()).toMatchObject({ status: 400, code: 'invalid_cid' })
  })

  it('has a home, health, and CORS without credentials', async () => {
    expect(await (await get('/')).text()).toContain('/ipfs/CID')
    expect(await (await get('/health/live')).json()).toEqual({ status: 'ok' })
    expect(await (await get('/health/ready')).json()).toEqual({ status: 'ok' })
    const preflight = await get(`/ipfs/${small.cid}`, { method: 'OPTIONS' })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Range')
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
  })

  it('neither reads nor sets cookies', async () => {
    const response = await get(`/ipfs/${small.cid}`, { headers: { Cookie: 'session=x' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('set-cookie')).toBeNull()
  })
})
