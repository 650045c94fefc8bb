import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { dagPbCid } from '@packages/content/unixfs/block-cid'
import { type ImportProfileName, importProfiles } from '@packages/content/unixfs/import-profile'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

let t: TestGateway
beforeAll(async () => {
  t = await startTestGateway()
})
afterAll(async () => t?.stop())

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${t.url}${path}`, { redirect: 'manual', ...init })

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Stores a folder of these files by path; a path that ends in `/` is an empty directory. */
const store = async (
  files: Record<string, string | Uint8Array>,
  profile: ImportProfileName = 'unixfs-v1-2025',
): Promise<{ root: string; contentId: string }> => {
  const contentId = randomUUIDv7()
  const sink = t.store.beginUpload({ realm: 'public', contentId })
  const folder = new FolderImport({ sink, profile: importProfiles[profile] })
  for (const [path, body] of Object.entries(files))
    if (path.endsWith('/')) folder.addDirectory(path.slice(0, -1).split('/'))
    else await folder.addFile(path.split('/'), once(Buffer.from(body as string)))
  const { root } = await folder.finish({ wrap: true })
  await sink.commit(root)
  t.store.settle(contentId)
  return { root: root.toString(), contentId }
}

const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`number ${n} with a longer name.txt`, `file ${n}`]))

const bytesField = (tag: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes])
const varint = (value: number): Buffer =>
  value < 128 ? Buffer.from([value]) : Buffer.concat([Buffer.from([(value & 127) | 128]), varint(value >>> 7)])
const link = (name: string, cid: CID): Buffer =>
  bytesField(
    0x12,
    Buffer.concat([bytesField(0x0a, cid.bytes), bytesField(0x12, Buffer.from(name)), Buffer.from([0x18, 1])]),
  )
const DIRECTORY = Buffer.from([0x0a, 2, 8, 1])

const put = async (blocks: Buffer[]): Promise<string> => {
  const contentId = randomUUIDv7()
  const upload = t.store.beginUpload({ realm: 'public', contentId })
  let last: CID | undefined
  for (const block of blocks) {
    last = dagPbCid(block, 1)
    await upload.put(last, block)
  }
  await upload.commit(last as CID)
  return String(last)
}

describe('a path in a directory', () => {
  it.each(['unixfs-v1-2025', 'unixfs-v0-2015'] as const)('leads to its file, by profile %s', async (profile) => {
    const large = randomBytes(3_000_000)
    const files = {
      'a.txt': 'hello',
      'sub/deeper/b.json': '{}',
      'sub/Grüße 東京.html': '<p>hi',
      'sub/noextension': '<!doctype html><p>',
      'sub/large.bin': large,
      'sub/100%.txt': 'percent',
    }
    const { root } = await store(files, profile)
    for (let round = 0; round < 2; round++)
      for (const [path, body] of Object.entries(files)) {
        const response = await get(`/ipfs/${root}/${path.split('/').map(encodeURIComponent).join('/')}`)
        expect([path, response.status]).toEqual([path, 200])
        expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(body as string))).toBe(true)
        expect(response.headers.get('cache-control')).toContain('immutable')
        expect(response.headers.get('content-disposition')).toBeNull()
        const roots = response.headers.get('x-ipfs-roots')?.split(',') ?? []
        expect(roots).toHaveLength(1 + path.split('/').length)
        expect(roots[0]).toBe(root)
        expect(response.headers.get('etag')).toBe(`"${roots.at(-1)}"`)
      }
    const type = async (path: string) => (await get(`/ipfs/${root}/${path}`)).headers.get('content-type')
    expect(await type('sub/deeper/b.json')).toBe('application/json')
    expect(await type('sub/noextension')).toBe('text/html; charset=utf-8')
    const html = await get(`/ipfs/${root}/sub/${encodeURIComponent('Grüße 東京.html')}`)
    expect(html.headers.get('content-security-policy')).toContain('sandbox')
    expect(html.headers.get('ipfs-uri')).toContain('/sub/Gr%C3%BC%C3%9Fe%20%E6%9D%B1%E4%BA%AC.html')
    const part = await get(`/ipfs/${root}/sub/large.bin`, { headers: { range: 'bytes=1048570-1048580' } })
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, large.subarray(1_048_570, 1_048_581)])
    const saved = await get(`/ipfs/${root}/a.txt?download=true`)
    expect(saved.headers.get('content-disposition')).toBe('attachment; filename="a.txt"')
  })

  it('leads through a sharded directory', async () => {
    const { root } = await store({ ...many(8_000), 'sub/x.txt': 'below' })
    for (const n of [0, 1, 4_711, 7_999]) {
      const response = await get(`/ipfs/${root}/number%20${n}%20with%20a%20longer%20name.txt`)
      expect(await response.text()).toBe(`file ${n}`)
    }
    expect(await (await get(`/ipfs/${root}/sub/x.txt`)).text()).toBe('below')
    expect((await get(`/ipfs/${root}/number%208000%20with%20a%20longer%20name.txt`)).status).toBe(404)
    // More than a page should list.
    expect((await get(`/ipfs/${root}/`)).status).toBe(501)
  })

  it('answers 404 where it leads nowhere, and when the root was released', async () => {
    const { root, contentId } = await store({ 'a.txt': 'only here and gone', 'sub/b.txt': 'x' })
    for (const path of ['b.txt', 'a.txt/b', 'sub/a.txt', 'SUB/b.txt'])
      expect([path, (await get(`/ipfs/${root}/${path}`)).status]).toEqual([path, 404])
    const ask = async () => (await get(`/ipfs/${root}/a.txt`)).status
    expect([await ask(), await ask()]).toEqual([200, 200])
    await t.store.release(contentId)
    expect(await ask()).toBe(404)
  })

  it('knows the entity tag again', async () => {
    const { root } = await store({ 'a.txt': 'tagged' })
    for (const path of ['a.txt', '']) {
      const etag = (await get(`/ipfs/${root}/${path}`)).headers.get('etag') ?? ''
      const again = await get(`/ipfs/${root}/${path}`, { headers: { 'if-none-match': etag } })
      expect([path, again.status]).toEqual([path, 304])
    }
  })
})

describe('a directory', () => {
  it('serves its index.html, after a redirect to the slash that relative links need', async () => {
    const { root } = await store({ 'index.html': '<h1>home</h1>', 'docs/index.html': '<h1>docs</h1>' })
    const query = '?download=true&page=2&q=a%20b&format='
    const bare = await get(`/ipfs/${root}/docs${query}`)
    expect([bare.status, bare.headers.get('location')]).toEqual([301, `/ipfs/${root}/docs/${query}`])
    expect((await get(`/ipfs/${root}`)).headers.get('location')).toBe(`/ipfs/${root}/`)
    for (let round = 0; round < 2; round++) {
      const page = await get(`/ipfs/${root}/docs/`)
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(page.headers.get('content-security-policy')).toContain('sandbox')
      expect(await page.text()).toBe('<h1>docs</h1>')
    }
    expect(await (await get(`/ipfs/${root}/`)).text()).toBe('<h1>home</h1>')
  })

  it('lists its names, safely', async () => {
    const names = [
      '<script>alert(1)',
      '"onmouseover="x',
      'javascript:alert(1)',
      "a'b&c",
      'exe\u202etxt',
      'ü x',
      'a?b#c',
    ]
    const { root } = await store({
      ...Object.fromEntries(names.map((name) => [name, name])),
      'sub/': '',
      'sub2/x': 'x',
    })
    const page = await get(`/ipfs/${root}/`)
    expect(page.status).toBe(200)
    const text = await page.text()
    expect(page.headers.get('content-security-policy')).toMatch(/^sandbox.*default-src 'none'/)
    expect(page.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
    expect(text).not.toMatch(/<script|\u202e|href="(?!\/ipfs\/)|" ?onmouseover/)
    const hrefs = [...text.matchAll(/<td><a href="([^"]*)"/g)].map(([, href]) => href ?? '')
    expect(hrefs).toHaveLength(names.length + 2)
    for (const href of hrefs.filter((one) => !one.includes('/sub'))) {
      const file = await fetch(new URL(href, `${t.url}/ipfs/${root}/`))
      expect([href, names.includes(await file.text())]).toEqual([href, true])
    }
    const below = await get(`/ipfs/${root}/sub/`)
    expect(await below.text()).toContain(`href="/ipfs/${root}/sub/.."`)
    const head = await get(`/ipfs/${root}/`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(Buffer.byteLength(text))])
  })

  it('leads nowhere by names that no address has, and to what they name by its CID', async () => {
    const file = dagPbCid(Buffer.from([0x0a, 2, 8, 2]), 1)
    const names = ['a\tb', 'a\nb', 'a\u0001b', 'a\u007fb', '東'.repeat(80), 'plain']
    const directory = Buffer.concat([...names.map((name) => link(name, file)), DIRECTORY])
    const root = await put([Buffer.from([0x0a, 2, 8, 2]), directory])
    const text = await (await get(`/ipfs/${root}/`)).text()
    const hrefs = [...text.matchAll(/<a (?:class="[^"]*" translate="no" )?href="([^"]*)"/g)].map(
      ([, href]) => href ?? '',
    )
    const inListing = hrefs.filter((href) => href.startsWith(`/ipfs/${root}/`) && !href.includes('format='))
    expect(inListing).toHaveLength(2)
    const byCid = hrefs.filter((href) => href.startsWith(`/ipfs/${file}`))
    expect(byCid).toHaveLength(names.length)
    for (const href of [...inListing, ...byCid]) expect([href, (await get(href)).status]).toEqual([href, 200])
  })
})

describe('a hostile directory', () => {
  it.each(['../../etc/passwd', '..', 'a/b', ''])('with the name %j is not listed', async (name) => {
    const root = await put([DIRECTORY, Buffer.concat([link(name, dagPbCid(DIRECTORY, 1)), DIRECTORY])])
    const listed = await get(`/ipfs/${root}/`)
    expect(listed.status).toBe(404)
    expect(await listed.text()).not.toContain('href')
  })

  it('of 66 levels that all have thousands of entries is answered soon', async () => {
    let child = dagPbCid(DIRECTORY, 1)
    const blocks = [DIRECTORY]
    const padding = Array.from({ length: 4_000 }, (_, n) => link(`z${n}`, child))
    for (let level = 0; level < 66; level++) {
      const block = Buffer.concat([link('a', child), ...padding, DIRECTORY])
      blocks.push(block)
      child = dagPbCid(block, 1)
    }
    const root = await put(blocks)
    const start = performance.now()
    expect((await get(`/ipfs/${root}/${'a/'.repeat(63)}nothing`)).status).toBe(404)
    expect(performance.now() - start).toBeLessThan(4_000)
    expect((await get(`/ipfs/${root}/${'a/'.repeat(64)}nothing`)).status).toBe(501)
  })
})
