import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOfCar, type FixtureServer, serveFixtures } from './test-support/serve-fixtures.ts'

// Roots of the official suite's fixtures, by the names that they have there.
const SUBDIR = 'bafybeietjm63oynimmv5yyqay33nui4y4wx6u3peezwetxgiwvfmelutzu' // subdir-with-two-single-block-files
const HAMT = 'bafybeidbclfqleg2uojchspzd4bob56dqetqjsj27gy2cq3klkkgxtpn4i' // single-layer-hamt-with-multi-block-files
const CBOR = 'bafybeia264q44a3kmfc2otctzu4egp2k235o3t7mslz2yjraymp4nv6asi' // dir-with-dag-cbor-with-links
const MIXED = 'bafybeidh6k2vzukelqtrjsmd4p52cpmltd2ufqrdtdg6yigi73in672fwu' // subdir-with-mixed-block-files
const DUPLICATES = 'bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy' // dir-with-duplicate-files
const MISSING = CID.decode(
  Buffer.from('122099fd9f8119c50b421e8e87d7047f6bb7cc4d4d5cfecea65813fb4bfef5049b79', 'hex'),
).toString()
/** The chunks of multiblock.txt: 4 of 256 bytes, and one of 2. */
const CHUNKS = [
  'bafkreie5noke3mb7hqxukzcy73nl23k6lxszxi5w3dtmuwz62wnvkpsscm',
  'bafkreih4ephajybraj6wnxsbwjwa77fukurtpl7oj7t7pfq545duhot7cq',
  'bafkreigu7buvm3cfunb35766dn7tmqyh2um62zcio63en2btvxuybgcpue',
  'bafkreicll3huefkc3qnrzeony7zcfo7cr3nbx64hnxrqzsixpceg332fhe',
  'bafkreifst3pqztuvj57lycamoi7z34b4emf7gawxs74nwrc2c7jncmpaqm',
]
const CAR_TYPE = 'application/vnd.ipld.car'

let server: FixtureServer
beforeAll(async () => {
  server = await serveFixtures()
})
afterAll(() => server.stop())

const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers, method, redirect: 'manual' })
const blocks = async (path: string, headers?: Record<string, string>): Promise<string[]> => {
  const response = await get(path, headers)
  expect(response.status).toBe(200)
  return (await blocksOfCar(response)).map(String)
}
const accept = (parameters: string) => ({ Accept: `${CAR_TYPE}; version=1; ${parameters}` })
const typeOf = async (query: string, accepted: string) =>
  (await get(`/ipfs/${DUPLICATES}?${query}`, { Accept: accepted }, 'HEAD')).headers.get('content-type')
const bytes = async (path: string) => Buffer.from(await (await get(path)).arrayBuffer())
const rootsOf = async (path: string): Promise<string[]> =>
  ((await get(`${path}?format=raw`)).headers.get('x-ipfs-roots') ?? '').split(',')

describe('CAR responses (trustless gateway specification)', () => {
  it('hold the blocks of the path, then the DAG at its end, depth first, by format and by Accept alike', async () => {
    const path = await rootsOf(`/ipfs/${SUBDIR}/subdir/ascii.txt`)
    expect(path).toHaveLength(3)
    expect(await blocks(`/ipfs/${SUBDIR}/subdir/ascii.txt?format=car`)).toEqual(path)
    expect(await blocks(`/ipfs/${SUBDIR}/subdir/ascii.txt`, { Accept: CAR_TYPE })).toEqual(path)
  })

  it('hold the shards on the way through a sharded directory, and none of the others', async () => {
    const [root, file] = await rootsOf(`/ipfs/${HAMT}/685.txt`)
    const found = await blocks(`/ipfs/${HAMT}/685.txt?format=car&dag-scope=block`)
    expect([found[0], found.at(-1), found.length]).toEqual([root, file, 3])
  })

  it('go through the links of a DAG-CBOR document', async () => {
    const [, document = ''] = await rootsOf(`/ipfs/${CBOR}/document`)
    const path = await rootsOf(`/ipfs/${document}/files/single`)
    expect(await blocks(`/ipfs/${document}/files/single?format=car`)).toEqual(path)
  })

  it('a path that leads nowhere is a 404, and so is a root that is not held', async () => {
    expect((await get(`/ipfs/${SUBDIR}/subdir/i-do-not-exist?format=car`)).status).toBe(404)
    expect((await get(`/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy?format=car`)).status).toBe(404)
  })

  it.each([
    ['block', 1],
    ['entity', 1],
    ['all', 4],
  ])('dag-scope=%s of a directory has its %i blocks (IPIP-402)', async (scope, count) => {
    expect(await blocks(`/ipfs/${SUBDIR}?format=car&dag-scope=${scope}`)).toHaveLength(count)
  })

  it('dag-scope=entity of a sharded directory has its shards and no files, of a document nothing behind its links', async () => {
    const all = await blocks(`/ipfs/${HAMT}?format=car`)
    const entity = await blocks(`/ipfs/${HAMT}?format=car&dag-scope=entity`)
    expect(all).toHaveLength(243)
    expect(entity.every((cid) => CID.parse(cid).code === 0x70)).toBe(true)
    expect(entity.length).toBeGreaterThan(50)
    expect(entity.length).toBeLessThan(all.length)
    expect(await blocks(`/ipfs/${HAMT}?format=car&dag-scope=entity&entity-bytes=0:*`)).toEqual(entity)
    expect(await blocks(`/ipfs/${CBOR}/document?format=car&dag-scope=entity`)).toHaveLength(2)
  })

  it.each([
    ['0:*', [0, 1, 2, 3, 4]],
    ['512:*', [2, 3, 4]],
    ['512:1023', [2, 3]],
    ['512:-256', [2, 3]],
    ['-5:*', [3, 4]],
    ['-9999:*', [0, 1, 2, 3, 4]],
    ['-9999:-3', [0, 1, 2, 3]],
    ['0:0', [0]],
    ['255:256', [0, 1]],
    // Nothing of the file: as dag-scope=block.
    ['5000:6000', []],
    ['9:3', []],
  ])('entity-bytes=%s has the chunks %j and no others (IPIP-402)', async (bytes, chunks) => {
    const [, , file = ''] = await rootsOf(`/ipfs/${MIXED}/subdir/multiblock.txt`)
    const expected = [file, ...chunks.map((index) => CHUNKS[index])]
    expect(await blocks(`/ipfs/${file}?format=car&dag-scope=entity&entity-bytes=${bytes}`)).toEqual(expected)
    expect(await blocks(`/ipfs/${file}?format=car&entity-bytes=${bytes}`)).toEqual(expected)
  })

  it('entity-bytes need only the blocks that they lie in', async () => {
    const before = await blocks(`/ipfs/${MISSING}?format=car&entity-bytes=0:1000`)
    const behind = await blocks(`/ipfs/${MISSING}?format=car&entity-bytes=2200:*`)
    expect([before[1], behind[1]]).toEqual([
      'QmPKt7ptM2ZYSGPUc8PmPT2VBkLDK3iqpG9TBJY7PCE9rF',
      'QmWXY482zQdwecnfBsj78poUUuPXvyw2JAFAEMw4tzTavV',
    ])
    const whole = `/ipfs/${MISSING}?format=car`
    expect((await get(whole)).status).toBe(404)
    expect((await get(whole, { 'Cache-Control': 'only-if-cached' })).status).toBe(412)
  })

  it('dups=y sends a block each time that it is met, dups=n and silence once; the order is told (IPIP-412)', async () => {
    const twice = await blocks(`/ipfs/${DUPLICATES}`, accept('order=dfs; dups=y'))
    const once = await blocks(`/ipfs/${DUPLICATES}`, accept('order=dfs; dups=n'))
    expect([twice.length, once.length, new Set(twice).size]).toEqual([10, 9, 9])
    expect(await blocks(`/ipfs/${DUPLICATES}?format=car`)).toEqual(once)
    expect((await get(`/ipfs/${DUPLICATES}`, accept('order=unk'))).headers.get('content-type')).toBe(
      'application/vnd.ipld.car; version=1; order=dfs; dups=n',
    )
  })

  it('parameters of the address beat those of Accept, format too (IPIP-523)', async () => {
    expect(await typeOf('format=car&car-dups=y', `${CAR_TYPE}; dups=n`)).toContain('dups=y')
    expect(await typeOf('format=car', `${CAR_TYPE}; dups=y`)).toContain('dups=y')
    expect(await typeOf('format=car', 'application/vnd.ipld.raw')).toContain('car')
    expect(await typeOf('format=raw', CAR_TYPE)).toBe('application/vnd.ipld.raw')
  })

  it.each([
    'car-version=2',
    'car-dups=x',
    'dag-scope=some',
    'entity-bytes=a:b',
    'entity-bytes=1',
    'entity-bytes=1:2:3',
  ])('a parameter that cannot be read is a 400: %s', async (query) => {
    expect((await get(`/ipfs/${SUBDIR}?format=car&${query}`)).status).toBe(400)
  })

  it('have no length and no ranges, a name, and a tag that changes with all that the bytes depend on', async () => {
    const whole = await get(`/ipfs/${SUBDIR}/subdir?format=car`, { Range: 'bytes=0-9' })
    expect([whole.status, whole.headers.get('accept-ranges'), whole.headers.get('content-length')]).toEqual([
      200,
      'none',
      null,
    ])
    expect(whole.headers.get('content-disposition')).toMatch(/^attachment; filename="baf[a-z0-9]+\.car"$/)
    expect(whole.headers.get('cache-control')).toBe('public, max-age=29030400, immutable')
    const etag = async (query: string) =>
      (await get(`/ipfs/${SUBDIR}/subdir?format=car${query}`, {}, 'HEAD')).headers.get('etag')
    const queries = [
      '',
      '&dag-scope=block',
      '&dag-scope=entity',
      '&entity-bytes=0:1',
      '&entity-bytes=0:2',
      '&car-dups=y',
    ]
    const tags = await Promise.all(queries.map(etag))
    expect(new Set(tags).size).toBe(queries.length)
    const again = await get(`/ipfs/${SUBDIR}/subdir?format=car`, { 'If-None-Match': tags[0] ?? '' })
    expect(again.status).toBe(304)
  })

  it('say where they stand without an Accept header, and that the address varies', async () => {
    const { headers } = await get(`/ipfs/${SUBDIR}/subdir?dag-scope=block`, { Accept: `${CAR_TYPE}; dups=y` }, 'HEAD')
    expect(headers.get('vary')).toBe('Accept')
    const location = headers.get('content-location') ?? ''
    expect(await blocks(location)).toEqual(await blocks(`/ipfs/${SUBDIR}/subdir?format=car&dag-scope=block&car-dups=y`))
    expect((await get(`/ipfs/${SUBDIR}?format=car`, {}, 'HEAD')).headers.get('vary')).toBe('Accept')
  })

  it('the same request gives the same bytes', async () => {
    const path = `/ipfs/${HAMT}?format=car`
    expect((await bytes(path)).equals(await bytes(path))).toBe(true)
  })

  it('only-if-cached is a 412 for what is not held, for HEAD and GET', async () => {
    const unheld = '/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy?format=car'
    const header = { 'Cache-Control': 'only-if-cached' }
    const all = await Promise.all([
      get(unheld, header, 'HEAD'),
      get(unheld, header),
      get(`/ipfs/${SUBDIR}?format=car`, header, 'HEAD'),
    ])
    expect(all.map(({ status }) => status)).toEqual([412, 412, 200])
  })
})

describe('If-Match (RFC 9110, 13.1.1)', () => {
  it.each([
    ['a CAR', `/ipfs/${SUBDIR}?format=car`],
    ['a TAR', `/ipfs/${SUBDIR}?format=tar`],
    ['a raw block', `/ipfs/${SUBDIR}?format=raw`],
    ['a listing', `/ipfs/${SUBDIR}/`],
    ['a page about a document', `/ipfs/${CBOR}/document`],
  ])('%s is not sent to who wants another', async (_what, path) => {
    const html = { Accept: 'text/html' }
    const whole = await get(path, html)
    expect(whole.status).toBe(200)
    await whole.body?.cancel()
    for (const method of ['GET', 'HEAD'])
      expect((await get(path, { ...html, 'If-Match': '"other"' }, method)).status).toBe(412)
    expect((await get(path, { ...html, 'If-Match': '*' }, 'HEAD')).status).toBe(200)
  })
})

describe('raw blocks (trustless gateway specification)', () => {
  it('are served at the end of a path, with the roots on the way', async () => {
    const response = await get(`/ipfs/${SUBDIR}/subdir/?format=raw`)
    expect([response.status, response.headers.get('x-ipfs-roots')?.split(',').length]).toEqual([200, 2])
    expect(response.headers.get('cache-control')).toBe('public, max-age=29030400, immutable')
  })
})
