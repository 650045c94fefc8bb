import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { unlimited } from '@packages/runtime/rate-limiter'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ApiInstance } from '../../api-instance.ts'
import { createShell } from '../../create-shell.ts'

const FILES = {
  'index.html': '<html><script>self.a=1</script><script src="/_next/static/x.js"></script></html>',
  'setup.html': '<html>set up</html>',
  '404.html': '<html>not here</html>',
  '_next/static/x.js': 'x()',
  'csp.json': '{}',
  '.sources': 'hidden',
}

let directory: string
let app: ApiInstance
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dashboard-'))
  for (const [name, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), text)
  }
  const shell = await createShell({
    publicUrl: 'http://127.0.0.1:3000',
    rateLimiters: {
      login: unlimited,
      account: unlimited,
      anonymous: unlimited,
      credential: unlimited,
      user: unlimited,
      address: unlimited,
    },
    meter: { admit: async () => {}, sent: () => {} },
    authenticator: { authenticate: async () => null },
    dashboard: { directory, gatewayUrl: 'http://127.0.0.1:8080' },
  })
  app = shell.app
})
afterAll(async () => {
  await app.close()
  await rm(directory, { recursive: true })
})

it('serves pages with and without their ending, and keeps what never changes in caches', async () => {
  for (const [url, text] of [
    ['/', 'self.a=1'],
    ['/index.html', 'self.a=1'],
    ['/setup', 'set up'],
    ['/setup?x=1', 'set up'],
    ['/setup/', 'set up'],
    ['/setup.html', 'set up'],
  ] as const) {
    const reply = await app.inject(url)
    expect([url, reply.statusCode, reply.headers['cache-control']]).toEqual([url, 200, 'no-cache'])
    expect(reply.headers['content-type']).toContain('text/html')
    expect(reply.body).toContain(text)
  }
  const script = await app.inject('/_next/static/x.js')
  expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect(script.headers['content-type']).toContain('javascript')
  const again = await app.inject({
    url: '/setup',
    headers: { 'if-none-match': String((await app.inject('/setup')).headers.etag) },
  })
  expect(again.statusCode).toBe(304)
})

it("allows a page's own inline scripts and no others", async () => {
  const policy = String((await app.inject('/')).headers['content-security-policy'])
  // printf 'self.a=1' | openssl dgst -sha256 -binary | base64
  expect(policy).toContain("script-src 'self' 'sha256-U+8MK+0uDzz63CVi5Lllj/7310ahz5UzrVluFdPYEWw='")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).toContain('http://127.0.0.1:8080')
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
})

it('lists nothing, leaves its folder nowhere, and hides what is no page', async () => {
  for (const url of [
    '/_next',
    '/_next/static/',
    '/.sources',
    '/csp.json',
    '/..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/static/../../../etc/passwd',
  ]) {
    const reply = await app.inject(url)
    expect([url, reply.statusCode, reply.headers['content-type']]).toEqual([url, 404, 'application/problem+json'])
  }
})

it('tells people about unknown addresses by a page, and programs by a problem', async () => {
  const page = await app.inject({ url: '/nothing', headers: { accept: 'text/html,*/*' } })
  expect([page.statusCode, page.body]).toEqual([404, FILES['404.html']])
  const problem = await app.inject({ url: '/api/v1/nothing', headers: { accept: 'text/html' } })
  expect(problem.json()).toMatchObject({ status: 404, code: 'not_found' })
  const post = await app.inject({ method: 'POST', url: '/setup' })
  expect(post.statusCode).toBe(404)
})
