import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureServer, serveFixtures } from './test-support/serve-fixtures.ts'

const DAG_JSON = 'baguqeeram5ujjqrwheyaty3w5gdsmoz6vittchvhk723jjqxk7hakxkd47xq'
const DAG_CBOR = 'bafyreibs4utpgbn7uqegmd2goqz4bkyflre2ek2iwv743fhvylwi4zeeim'
const JSON_BLOCK = 'bagaaierajjsnhsxqlgfrvknlt7z2heoljcgfv37cn45tu7mhmr23x3ekiboq'
const CBOR_BLOCK = 'bafireif3aymeikgfbofx533yf5vlx4kimzq6zmzmpra2mnzfsfnmv4hchm'
const UNIXFS = 'bafybeiafyvqlazbbbtjnn6how5d6h6l6rxbqc4qgpbmteaiskjrffmyy4a'
const LINKS = '/foo/link/bar'
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

let server: FixtureServer
beforeAll(async () => {
  server = await serveFixtures()
})
afterAll(() => server.stop())

const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers, method, redirect: 'manual' })
const typeOf = async (path: string, headers?: Record<string, string>) => {
  const { status, headers: got } = await get(path, headers)
  return status === 200 ? got.get('content-type') : status
}

describe('DAG-JSON, DAG-CBOR, JSON and CBOR (path gateway specification, "Response Payload")', () => {
  it.each([
    [DAG_JSON, '', undefined, 'application/vnd.ipld.dag-json'],
    [DAG_JSON, 'dag-json', undefined, 'application/vnd.ipld.dag-json'],
    [DAG_JSON, 'json', undefined, 'application/json'],
    [DAG_JSON, '', 'application/json', 'application/json'],
    [DAG_JSON, '', '*/*', 'application/vnd.ipld.dag-json'],
    [DAG_JSON, '', BROWSER, 'text/html; charset=utf-8'],
    [DAG_JSON, 'dag-json', BROWSER, 'application/vnd.ipld.dag-json'],
    [DAG_CBOR, '', undefined, 'application/vnd.ipld.dag-cbor'],
    [DAG_CBOR, 'cbor', undefined, 'application/cbor'],
    [DAG_CBOR, '', 'application/vnd.ipld.dag-cbor', 'application/vnd.ipld.dag-cbor'],
    [DAG_CBOR, '', BROWSER, 'text/html; charset=utf-8'],
    [JSON_BLOCK, '', undefined, 'application/json'],
    [JSON_BLOCK, '', BROWSER, 'application/json'],
    [CBOR_BLOCK, 'cbor', undefined, 'application/cbor'],
    // IPIP-524: nothing is converted.
    [DAG_JSON, 'dag-cbor', undefined, 406],
    [DAG_CBOR, 'dag-json', undefined, 406],
    [DAG_CBOR, '', 'application/vnd.ipld.dag-json', 406],
    [DAG_CBOR, 'json', undefined, 406],
    [JSON_BLOCK, 'dag-json', undefined, 406],
    [UNIXFS, 'dag-json', undefined, 406],
    [UNIXFS, 'dag-cbor', undefined, 406],
    [UNIXFS, '', 'application/vnd.ipld.dag-json', 406],
    [DAG_JSON, 'tar', undefined, 406],
  ])('%s as %j, Accept %s: %s', async (cid, format, accept, expected) => {
    const query = format === '' ? '' : `?format=${format}`
    expect(await typeOf(`/ipfs/${cid}${query}`, accept === undefined ? undefined : { Accept: accept })).toBe(expected)
  })

  it('are the bytes of the block, with ranges, a name, a tag of their format and no end', async () => {
    const raw = Buffer.from(await (await get(`/ipfs/${DAG_CBOR}?format=raw`)).arrayBuffer())
    const whole = await get(`/ipfs/${DAG_CBOR}`)
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(raw)
    expect(whole.headers.get('etag')).toBe(`"${DAG_CBOR}.dag-cbor"`)
    expect(whole.headers.get('vary')).toBe('Accept')
    expect(whole.headers.get('content-disposition')).toBe(`attachment; filename="${DAG_CBOR}.cbor"`)
    expect(whole.headers.get('cache-control')).toBe('public, max-age=29030400, immutable')
    const part = await get(`/ipfs/${DAG_CBOR}?format=dag-cbor`, { Range: 'bytes=2-5' })
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, raw.subarray(2, 6)])
    const json = await get(`/ipfs/${DAG_JSON}?filename=a.json`, {}, 'HEAD')
    expect(json.headers.get('content-disposition')).toBe('inline; filename="a.json"')
  })

  it('paths go through their links; a field that is none is a 501, one that is not there a 404', async () => {
    for (const [cid, format] of [
      [DAG_JSON, 'dag-json'],
      [DAG_CBOR, 'dag-cbor'],
    ]) {
      expect(await typeOf(`/ipfs/${cid}${LINKS}?format=${format}`)).toBe(`application/vnd.ipld.${format}`)
      expect(await typeOf(`/ipfs/${cid}${LINKS}`)).toBe(`application/vnd.ipld.${format}`)
      expect(await typeOf(`/ipfs/${cid}/foo?format=${format}`)).toBe(501)
      expect(await typeOf(`/ipfs/${cid}/foo`)).toBe(501)
      expect(await typeOf(`/ipfs/${cid}/foo/i-do-not-exist`)).toBe(404)
    }
  })

  it('a browser gets a page about them that runs nothing, with links to what they link to', async () => {
    const page = await get(`/ipfs/${DAG_CBOR}/`, { Accept: 'text/html' })
    expect(page.headers.get('etag')).toMatch(/^"DagIndex-/)
    expect(page.headers.get('cache-control')).toBe('public, max-age=604800, stale-while-revalidate=2678400')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await page.text()
    expect(html).toContain('</html>')
    expect(html).toMatch(/<a href="\/ipfs\/baf[a-z0-9]+">/)
    expect(html).toContain(`href="?format=dag-cbor&amp;download=true"`)
  })
})

describe('files that are asked for as JSON', () => {
  it('are served when they are JSON, whatever their codec, and are not acceptable else', async () => {
    const listing = await get(`/ipfs/${UNIXFS}?format=raw`)
    expect(listing.status).toBe(200)
    const text = `/ipfs/${UNIXFS}/%C4%85/%C4%99/file-%C5%BA%C5%82.txt`
    expect(await typeOf(`${text}?format=json`)).toBe(406)
    expect(await typeOf(text, { Accept: 'application/json' })).toBe('text/plain; charset=utf-8')
  })
})
