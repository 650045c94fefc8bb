import { randomUUIDv7 } from 'node:crypto'
import { cacheCar } from '@packages/content/car/cache-car'
import { carV1, inPieces } from '@packages/content/car/test-cars'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AskHost, askHost } from './test-support/ask-host.ts'
import { folderBlocks, storeFolder } from './test-support/store-folder.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const SITE = {
  'index.html': 'my index',
  'one.html': 'my one',
  '404.html': 'my 404',
  '410.html': 'my 410',
  '451.html': 'my 451',
  'found.html': 'my found',
  _redirects: [
    '/redirect-one /one.html',
    '/302-redirect-two /two.html 302',
    '/200-index /index.html 200',
    '/found.html /one.html',
    '/posts/:year/:title /articles/:year/:title 301',
    '/splat/* /redirected-splat/:splat 301',
    '/not-found/* /404.html 404',
    '/gone/* /410.html 410',
    '/unavail/* /451.html 451',
    '/query/* /target?s=1&t=2 301',
    '/elsewhere/* https://example.net/target3/:splat 301',
    '/dead-end /no-such-page.html 200',
    '/app/* /index.html 200',
  ].join('\n'),
}
const IMMUTABLE = 'public, max-age=29030400, immutable'

let t: TestGateway
let ask: AskHost
let site: string
const sites: Record<string, string> = {}
beforeAll(async () => {
  t = await startTestGateway({ sites: { subdomainHosts: ['gw.example'], dnslinkHosts: [] } })
  ask = askHost(t.gateway.port)
  site = (await storeFolder(t.store, SITE)).root
  sites.forced = (await storeFolder(t.store, { 'a.html': 'a', _redirects: '/x /y 301!' })).root
  sites.large = (await storeFolder(t.store, { _redirects: '#'.repeat(64 * 1024 + 1) })).root
  sites.largest = (await storeFolder(t.store, { _redirects: `/x /y\n${'#'.repeat(64 * 1024 - 6)}` })).root
  sites.folder = (await storeFolder(t.store, { '_redirects/a': 'b' })).root
  sites.plain = (await storeFolder(t.store, { 'a.html': 'a' })).root
})
afterAll(async () => t?.stop())

const at = (path: string, headers: Record<string, string> = {}, root = site) =>
  ask(`${root}.ipfs.gw.example`, path, headers)

describe('Web _redirects File Specification, on a host of its own', () => {
  it.each([
    ['/redirect-one', 301, '/one.html'],
    ['/302-redirect-two', 302, '/two.html'],
    ['/posts/2022/hello%20world', 301, '/articles/2022/hello%20world'],
    ['/splat/a/b.html', 301, '/redirected-splat/a/b.html'],
  ])('Status: %s is %s to %s', async (path, status, location) => {
    const answer = await at(path)
    expect([answer.status, answer.headers.location, answer.headers['cache-control']]).toEqual([
      status,
      location,
      IMMUTABLE,
    ])
  })

  it.each([
    ['/200-index', 200, 'my index'],
    ['/app/some/page', 200, 'my index'],
    ['/not-found/x', 404, 'my 404'],
    ['/gone/x', 410, 'my 410'],
    ['/unavail/x', 451, 'my 451'],
  ])('Status: %s is %s with a page of the site', async (path, status, body) => {
    for (let times = 0; times < 2; times++) {
      const answer = await at(path)
      expect([answer.status, answer.body]).toEqual([status, body])
      expect(answer.headers['cache-control']).toBe(IMMUTABLE)
      expect(answer.headers.etag).toMatch(/^"baf/)
    }
  })

  it('Order, No Forced Redirects: what exists is served as it is', async () => {
    expect((await at('/found.html')).body).toBe('my found')
  })

  it('a rewrite is answered 304 to who has it, an error page is sent whole', async () => {
    const rewrite = await at('/200-index')
    expect((await at('/200-index', { 'If-None-Match': rewrite.headers.etag ?? '' })).status).toBe(304)
    const gone = await at('/gone/x')
    const again = await at('/gone/x', { 'If-None-Match': gone.headers.etag ?? '', Range: 'bytes=0-1' })
    expect([again.status, again.body]).toEqual([410, 'my 410'])
  })

  it('Query Parameters: the visitor’s go before the file’s', async () => {
    expect((await at('/query/x?t=3&u=4')).headers.location).toBe('/target?s=1&t=3&u=4')
    expect((await at('/redirect-one?a=b')).headers.location).toBe('/one.html?a=b')
  })

  it('to another host: off by default', async () => {
    const answer = await at('/elsewhere/x')
    expect([answer.status, answer.headers.location]).toEqual([403, undefined])
  })

  it('Placeholders: a page is found by the name that was asked for, whatever letters it has', async () => {
    const files = { 'store/a?b#c.txt': 'odd', 'store/%41.txt': 'escaped', _redirects: '/f/* /store/:splat 200' }
    const { root } = await storeFolder(t.store, files)
    expect(await at('/f/a%3Fb%23c.txt', {}, root)).toMatchObject({ status: 200, body: 'odd' })
    expect(await at('/f/%2541.txt', {}, root)).toMatchObject({ status: 200, body: 'escaped' })
  })

  it('No Forced Redirects: what is in the DAG and not held here is 404, and no other page in its place', async () => {
    const files = { _redirects: '/* /index.html 200', 'docs/page.html': 'a page', 'index.html': 'my app' }
    const { root, blocks } = await folderBlocks(files)
    const docs = blocks.at(-2)
    const car = inPieces(
      carV1(
        [root],
        blocks.filter((block) => block !== docs),
      ),
    )
    await cacheCar(car, { store: t.store, contentId: randomUUIDv7(), maxBytes: 10_000 })
    expect(await at('/nothing', {}, `${root}`)).toMatchObject({ status: 200, body: 'my app' })
    const answer = await at('/docs/page.html', {}, `${root}`)
    expect([answer.status, answer.headers['cache-control']]).toEqual([404, 'no-store'])
  })

  it('a rewrite to a folder shows its page behind one redirect to the slash, an error’s page at once', async () => {
    const files = { 'docs/index.html': 'docs', _redirects: '/old/* /docs 200\n/gone/* /docs 410' }
    const { root } = await storeFolder(t.store, files)
    const moved = await at('/old/a', {}, root)
    expect([moved.status, moved.headers.location]).toEqual([301, '/old/a/'])
    expect(await at('/old/a/', {}, root)).toMatchObject({ status: 200, body: 'docs' })
    expect(await at('/gone/a', {}, root)).toMatchObject({ status: 410, body: 'docs' })
  })

  it('a rewrite to nothing is 404, not a circle', async () => {
    expect((await at('/dead-end')).status).toBe(404)
  })

  it('other formats of the DAG have no rules', async () => {
    expect((await at('/200-index?format=raw')).status).not.toBe(200)
    expect((await at('/200-index', { Accept: 'application/vnd.ipld.raw' })).status).not.toBe(200)
  })

  it.each([
    ['forced', '/nothing', 'could not parse _redirects: line 1'],
    ['large', '/nothing', 'redirects file size cannot exceed 65536'],
    ['folder', '/nothing', 'could not parse _redirects: it is a directory'],
  ])('Error Handling: 500 where the file cannot be read (%s)', async (name, path, words) => {
    const answer = await at(path, {}, sites[name])
    expect([answer.status, answer.body]).toEqual([500, expect.stringContaining(words)])
  })

  it('an unreadable file disturbs nothing that exists', async () => {
    expect((await at('/a.html', {}, sites.forced)).body).toBe('a')
  })

  it('Max File Size: 64 KiB is read', async () => {
    expect((await at('/x', {}, sites.largest)).headers.location).toBe('/y')
  })

  it('without a file 404 is 404', async () => {
    expect((await at('/x', {}, sites.plain)).status).toBe(404)
  })

  it('Same-Origin Requirement: not on a path', async () => {
    expect((await ask('elsewhere.example', `/ipfs/${site}/redirect-one`)).status).toBe(404)
  })
})

describe('with redirects to other hosts allowed', () => {
  it('they are followed', async () => {
    const open = await startTestGateway({
      sites: { subdomainHosts: ['gw.example'], dnslinkHosts: [] },
      redirectsElsewhere: true,
    })
    try {
      const { root } = await storeFolder(open.store, SITE)
      const answer = await askHost(open.gateway.port)(`${root}.ipfs.gw.example`, '/elsewhere/a/b?c=d')
      expect([answer.status, answer.headers.location]).toEqual([301, 'https://example.net/target3/a/b?c=d'])
    } finally {
      await open.stop()
    }
  })
})
