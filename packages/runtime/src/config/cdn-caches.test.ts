import { expect, it } from 'vitest'
import { cdnCacheList, cdnCacheProblems } from './cdn-caches.ts'

const token = 'a-token-of-a-cache'
const zone = '023e105f4ecef8ad9ca31a8372d0c353'
const varnish = { kind: 'varnish', url: 'http://10.0.0.2:6081/', token }
const read = (list: unknown) => cdnCacheList.safeParse(JSON.stringify(list))

it('names caches by their address or zone, unless told otherwise', () => {
  expect(read([varnish, { kind: 'cloudflare', zone, token }, { ...varnish, name: 'edge' }]).data).toEqual([
    { kind: 'varnish', name: '10.0.0.2:6081', url: 'http://10.0.0.2:6081', token },
    { kind: 'cloudflare', name: zone, url: 'https://api.cloudflare.com', zone, token },
    { kind: 'varnish', name: 'edge', url: 'http://10.0.0.2:6081', token },
  ])
})

it.each([
  ['another kind', [{ ...varnish, kind: 'fastly' }], 'cache 1: kind must be varnish or cloudflare'],
  ['a short token', [{ ...varnish, token: 'short' }], 'cache 1: token must have 16 to 1,000 characters'],
  ['a token with a line end', [{ ...varnish, token: `${token}\r\nX: y` }], 'cache 1: token must have'],
  ['a path', [{ ...varnish, url: 'http://10.0.0.2/x' }], 'cache 1: url must be an address'],
  ['no zone', [varnish, { kind: 'cloudflare', token }], 'cache 2: '],
  ['a name twice', [varnish, varnish], 'has a name twice'],
  ['nothing', [], 'is an empty list'],
])('refuses %s, without a word of the token', (_, list, problem) => {
  const [issue] = read(list).error?.issues ?? []
  expect(issue?.message).toContain(problem)
  expect(issue?.message).not.toContain(token)
})

it('has a token leave this machine by TLS in production mode', () => {
  const caches = read([varnish, { ...varnish, url: 'http://127.0.0.1:6081' }, { ...varnish, url: 'https://b.example' }])
  expect(cdnCacheProblems(caches.data ?? [], { isProduction: true })).toEqual([
    'CDN_CACHES: the connection to 10.0.0.2:6081 is not encrypted: in production mode use https:',
  ])
  expect(cdnCacheProblems(caches.data ?? [], { isProduction: false })).toEqual([])
})
