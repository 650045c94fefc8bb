import { parseCid } from '@packages/shared/cid'
import { base36 } from 'multiformats/bases/base36'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AskHost, askHost } from './test-support/ask-host.ts'
import { rawRequest } from './test-support/raw-request.ts'
import { storeFolder } from './test-support/store-folder.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const GW = 'gw.example:8080'
const HTML = '<!doctype html><title>x</title><script>1</script>'
const SANDBOX = 'sandbox allow-scripts allow-forms allow-popups allow-downloads'
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'

let t: TestGateway
let ask: AskHost
let file: string
let v0: string
let site: string
beforeAll(async () => {
  t = await startTestGateway({
    sites: { subdomainHosts: ['localhost', 'gw.example'], dnslinkHosts: [] },
    trustedProxies: ['127.0.0.1'],
  })
  ask = askHost(t.gateway.port)
  file = (await t.upload(Buffer.from('hello\n'))).cid
  v0 = (await t.upload(Buffer.from('v0'), { profile: 'unixfs-v0-2015' })).cid
  site = (
    await storeFolder(t.store, {
      'index.html': HTML,
      'picture.svg': SVG,
      'ipfs/file.txt': 'I am a txt file',
      'ipfs/ipns/bar': 'text-file-content',
      'Portugal%2C+España=Peninsula Ibérica.txt': 'hola',
      'no index/a.txt': 'a',
    })
  ).root
})
afterAll(async () => t?.stop())

const host = (root: string): string => `${root}.ipfs.${GW}`

describe('Location: use in interop with Path Gateway (subdomain gateway)', () => {
  it('a path on a host with subdomains leads to the host of its root', async () => {
    const answer = await ask(GW, `/ipfs/${file}/`)
    expect(answer.status).toBe(301)
    expect(answer.headers.location).toBe(`http://${host(file)}/`)
    expect(answer.body).toBe('')
    expect((await ask(GW, `/ipfs/${file}`)).headers.location).toBe(`http://${host(file)}/`)
    expect((await ask('localhost', `/ipfs/${file}`)).headers.location).toBe(`http://${file}.ipfs.localhost/`)
  })

  it('the path and the query go along as they are', async () => {
    const raw = '/Portugal%252C+Espa%C3%B1a=Peninsula%20Ib%C3%A9rica.txt?filename=a%20b&x="><'
    expect((await ask(GW, `/ipfs/${site}${raw}`)).headers.location).toBe(
      `http://${host(site)}/Portugal%252C+Espa%C3%B1a=Peninsula%20Ib%C3%A9rica.txt?filename=a%20b&x=%22%3E%3C`,
    )
    // Nothing but the root is looked at before.
    expect((await ask(GW, `/ipfs/${file}/not/there`)).headers.location).toBe(`http://${host(file)}/not/there`)
  })

  it('CIDv0 becomes CIDv1 in base32, which hosts can say', async () => {
    const v1 = parseCid(v0).toV1().toString()
    expect((await ask(GW, `/ipfs/${v0}/`)).headers.location).toBe(`http://${host(v1)}/`)
    expect((await ask(host(v1), '/')).body).toBe('v0')
  })

  it('HEAD is redirected as GET is', async () => {
    expect((await ask(GW, `/ipfs/${file}`, {}, 'HEAD')).headers.location).toBe(`http://${host(file)}/`)
  })

  it('an invalid root is told before the redirect', async () => {
    const answer = await ask(GW, '/ipfs/QmInvalidCID')
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('invalid path "/ipfs/QmInvalidCID"')
  })

  it('a CID that no host can say is refused, in both forms', async () => {
    const long =
      'bafkrgqhhyivzstcz3hhswshfjgy6ertgmnqeleynhwt4dlfsthi4hn7zgh4uvlsb5xncykzapi3ocd4lzogukir6ksdy6wzrnz6ohnv4aglcs'
    for (const answer of [await ask(GW, `/ipfs/${long}`), await ask(host(long), '/')]) {
      expect(answer.status).toBe(400)
      expect(answer.body).toContain('CID incompatible with DNS label length limit of 63')
    }
  })

  it('a domain becomes one label', async () => {
    expect((await ask(GW, '/ipns/en.wikipedia-on-ipfs.org/wiki/')).headers.location).toBe(
      `http://en-wikipedia--on--ipfs-org.ipns.${GW}/wiki/`,
    )
  })

  it.each(['127.0.0.1', '127.0.0.1:8080', '[::1]:8080', 'elsewhere.example', 'x.gw.example'])(
    'at %s, which has no subdomains, a path is served',
    async (name) => {
      const answer = await ask(name, `/ipfs/${file}`)
      expect([answer.status, answer.body]).toEqual([200, 'hello\n'])
    },
  )
})

describe('Host (subdomain gateway)', () => {
  it('the root in the host is served at /', async () => {
    const answer = await ask(host(file), '/')
    expect([answer.status, answer.body]).toEqual([200, 'hello\n'])
    expect(answer.headers['cache-control']).toBe('public, max-age=29030400, immutable')
    // Again, from the plan that is kept.
    expect((await ask(host(file), '/')).body).toBe('hello\n')
  })

  it('what is kept ready for one root is not given for another', async () => {
    for (let times = 0; times < 2; times++) {
      expect((await ask(host(file), '/')).body).toBe('hello\n')
      expect((await ask(host(site), '/')).body).toBe(HTML)
      expect((await ask('elsewhere.example', '/')).body).toContain('Holdfast')
    }
  })

  it('/ipfs is not mounted there, but a folder of that name is', async () => {
    expect((await ask(host(file), `/ipfs/${file}/`)).status).toBe(404)
    expect((await ask(host(site), '/ipfs/file.txt')).body).toBe('I am a txt file')
    expect((await ask(host(site), '/ipfs/ipns/bar')).body).toBe('text-file-content')
    expect((await ask(host(site), '/files/x')).status).toBe(404)
    expect((await ask(host(site), '/health/live')).status).toBe(404)
  })

  it('a directory is redirected to its own address with a slash', async () => {
    const answer = await ask(host(site), '/no%20index')
    expect([answer.status, answer.headers.location]).toEqual([301, '/no%20index/'])
    expect((await ask(host(site), '/no%20index/')).body).toContain('a.txt')
  })

  it.each([
    ['CIDv0', () => v0, () => parseCid(v0).toV1().toString()],
    ['base36', () => parseCid(file).toString(base36), () => file],
    ['capitals', () => file.toUpperCase(), () => file],
  ])('another spelling of the root (%s) is redirected to the one', async (_, spelled, canonical) => {
    const answer = await ask(host(spelled()), '/a/b?c=d')
    expect([answer.status, answer.headers.location]).toEqual([301, `http://${host(canonical())}/a/b?c=d`])
  })

  it('another spelling is redirected after the one was answered as well', async () => {
    for (const _ of ['first', 'ready']) expect((await ask(host(file), '/')).status).toBe(200)
    expect((await ask(host(file.toUpperCase()), '/')).status).toBe(301)
    expect((await ask(host(file), '/')).status).toBe(200)
  })

  it.each(['nonsense', 'a.b', `x.${'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'}`])(
    'a host without a root (%s) is 400',
    async (label) => {
      expect((await ask(host(label), '/')).status).toBe(400)
    },
  )

  it('what is not held is 404, without a word of the root', async () => {
    const answer = await ask(host('bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi'), '/')
    expect(answer.status).toBe(404)
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('what is given back is gone from its host at once', async () => {
    const upload = await t.upload(Buffer.from('soon gone'))
    expect((await ask(host(upload.cid), '/')).body).toBe('soon gone')
    await t.remove(upload)
    expect((await ask(host(upload.cid), '/')).status).toBe(404)
  })

  it('full addresses, as to a proxy, mean their own host', async () => {
    expect((await ask('ignored.example', `http://${host(file)}/`)).body).toBe('hello\n')
    expect((await ask('ignored.example', `http://${GW}/ipfs/${v0}/`)).status).toBe(301)
    expect((await ask(host(file), `http://${host(site)}/ipfs/file.txt`)).body).toBe('I am a txt file')
  })
})

describe('X-Forwarded-Proto and X-Forwarded-Host (subdomain gateway)', () => {
  it.each([
    ['https', 'https'],
    ['http', 'http'],
  ])('a proxy that was asked by %s is answered with it', async (proto, scheme) => {
    const answer = await ask(GW, `/ipfs/${file}/`, { 'X-Forwarded-Proto': proto })
    expect(answer.headers.location).toBe(`${scheme}://${host(file)}/`)
    expect(answer.headers.vary).toBe('X-Forwarded-Host, X-Forwarded-Proto')
  })

  it('the host that a proxy was asked for counts in place of its own', async () => {
    const answer = await ask('inside.example', `/ipfs/${file}`, {
      'X-Forwarded-Host': GW,
      'X-Forwarded-Proto': 'https',
    })
    expect(answer.headers.location).toBe(`https://${host(file)}/`)
    expect((await ask('inside.example', '/', { 'X-Forwarded-Host': host(file) })).body).toBe('hello\n')
  })
})

describe('URI router (subdomain gateway)', () => {
  it.each([
    ['ipfs://QmRoot/wiki/Page.html', '/ipfs/QmRoot/wiki/Page.html'],
    ['ipns://en.wikipedia-on-ipfs.org', '/ipns/en.wikipedia-on-ipfs.org'],
    ['ipfs://QmRoot/a?b=c#d', '/ipfs/QmRoot/a?b=c'],
    ['ipfs://QmRoot/ä', '/ipfs/QmRoot/%C3%A4'],
  ])('%s leads to %s on the same host', async (uri, location) => {
    for (const name of [GW, 'elsewhere.example']) {
      const answer = await ask(name, `/ipfs/?uri=${encodeURIComponent(uri)}`)
      expect([answer.status, answer.headers.location]).toEqual([301, location])
    }
  })

  it.each(['https://evil.example/', 'ipfs:///evil.example', '//evil.example', 'javascript:alert(1)', ''])(
    '%s is no native address',
    async (uri) => {
      expect((await ask(GW, `/ipfs/?uri=${encodeURIComponent(uri)}`)).status).toBe(400)
    },
  )
})

describe('origin isolation', () => {
  it('active content has a sandbox on a path, where all share one origin, and none on its own host', async () => {
    for (const name of ['index.html', 'picture.svg']) {
      const path = await ask('elsewhere.example', `/ipfs/${site}/${name}`)
      expect(path.headers['content-security-policy']).toBe(SANDBOX)
      const own = await ask(host(site), `/${name}`)
      expect([own.status, own.headers['content-security-policy']]).toEqual([200, undefined])
    }
  })

  it('service workers are refused on a path and allowed on a host of its own', async () => {
    const worker = { 'Service-Worker': 'script' }
    expect((await ask('elsewhere.example', `/ipfs/${site}/index.html`, worker)).status).toBe(400)
    expect((await ask(host(site), '/index.html', worker)).status).toBe(200)
  })

  it('no answer sets a cookie, and none depends on one', async () => {
    const asked: [string, string][] = [
      [GW, '/'],
      [GW, `/ipfs/${file}`],
      [host(file), '/'],
      [host(site), '/'],
      [host(site), '/nothing'],
    ]
    for (const [name, path] of asked) {
      const plain = await ask(name, path)
      const withCookie = await ask(name, path, { Cookie: 'session=1' })
      expect(plain.headers['set-cookie']).toBeUndefined()
      expect([withCookie.status, withCookie.body]).toEqual([plain.status, plain.body])
    }
  })
})

const inner = (): string => `GET / HTTP/1.1\r\nHost: ${host(file)}\r\nConnection: close\r\n\r\n`
const through = (target: string, request: string) =>
  rawRequest(t.gateway.port, `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n${request}`)

describe('CONNECT (RFC 9110): the gateway as an HTTP proxy of a client', () => {
  it('the tunnel to a host of its own ends at the gateway itself', async () => {
    for (const target of [`${host(file)}`, 'localhost:80', `127.0.0.1:${t.gateway.port}`]) {
      const answer = await through(target, inner())
      expect(answer.head).toBe('HTTP/1.1 200 Connection Established')
      expect(answer.body).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*hello\n$/)
    }
  })

  it.each(['127.0.0.1:22', 'elsewhere.example:443', '[::1]:22', 'nonsense', `192.0.2.1:80`])(
    'there is none to %s',
    async (target) => {
      expect((await through(target, inner())).all.toString()).not.toMatch(/ 200 /)
    },
  )

  it('limits hold within it', async () => {
    const pad = `GET / HTTP/1.1\r\nHost: x\r\nX-Pad: ${'a'.repeat(20_000)}\r\n\r\n`
    expect((await through('localhost:80', pad)).body).toContain('431')
  })
})

const listed = async (name: string, path: string) => {
  const answer = await ask(name, path)
  expect([answer.status, answer.headers['content-security-policy']]).toEqual([200, expect.stringContaining('sandbox')])
  expect(answer.body).toContain('Index of')
  return answer.body
}

describe('Directory listings (path gateway), wherever they stand', () => {
  it('on the host of a root: names below it, CIDs and the way up on the gateway', async () => {
    const page = await listed(host(site), '/ipfs/')
    expect(page).toContain('<a href="/ipfs/..">..</a>')
    expect(page).toContain('<a href="/ipfs/file.txt">file.txt</a>')
    expect(page).toContain(
      `/ipfs/<a href="//${GW}/ipfs/${site}">${site}</a>/<a href="//${GW}/ipfs/${site}/ipfs">ipfs</a>`,
    )
    expect(page).toMatch(
      /<a class="ipfs-hash" translate="no" href="\/\/gw.example:8080\/ipfs\/baf\w+\?filename=file.txt">/,
    )
  })

  it('on a path: all below /ipfs', async () => {
    const page = await listed('elsewhere.example', `/ipfs/${site}/no%20index/`)
    expect(page).toContain(`<a href="/ipfs/${site}/no%20index/..">..</a>`)
    expect(page).toContain(`<a href="/ipfs/${site}/no%20index/a.txt">a.txt</a>`)
    expect(page).toContain(`/ipfs/<a href="/ipfs/${site}">${site}</a>/<a href="/ipfs/${site}/no%20index">no index</a>`)
  })

  it('nothing leads above a root', async () => {
    const { root } = await storeFolder(t.store, { 'a.txt': 'a' })
    for (const page of [await listed(host(root), '/'), await listed('elsewhere.example', `/ipfs/${root}/`)])
      expect(page).not.toContain('>..</a>')
  })
})

describe('IPIP-512: identity CIDs', () => {
  const INLINE = 'bafkqaddwgevxmmraojswg33smq'
  it('are their own content, on a path and on a host', async () => {
    for (const answer of [await ask('elsewhere.example', `/ipfs/${INLINE}`), await ask(host(INLINE), '/')])
      expect([answer.status, answer.body]).toEqual([200, 'v1+v2 record'])
    const part = await ask(host(INLINE), '/', { Range: 'bytes=3-4' })
    expect([part.status, part.body]).toEqual([206, 'v2'])
  })
})
