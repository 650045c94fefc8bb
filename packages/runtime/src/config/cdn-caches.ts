import { z } from 'zod'
import { isLoopback } from './is-loopback.ts'
import { secretJsonList } from './secret-json-list.ts'

/** A shared cache in front of the gateway, as `CDN_CACHES` names it. */
export type CdnCache = {
  /** What its purges are kept under, and what the log calls it. */
  name: string
  /** Origin, without a closing slash. */
  url: string
  token: string
} & ({ kind: 'varnish' } | { kind: 'cloudflare'; zone: string })

const CLOUDFLARE = 'https://api.cloudflare.com'
const NAME = /^[a-z0-9]([a-z0-9.:-]{0,61}[a-z0-9])?$/

const origin = z.string().transform((text, context): string => {
  const url = URL.parse(text)
  const isBare = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  if (isBare && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin
  context.addIssue({ code: 'custom', message: 'url must be an address such as http://10.0.0.2:6081, without a path' })
  return z.NEVER
})

const fields = {
  name: z.string().regex(NAME, 'name may have small letters, digits, dots, colons and hyphens').optional(),
  token: z.string().regex(/^[\x21-\x7e]{16,1000}$/, 'token must have 16 to 1,000 characters and no spaces'),
}

const cache = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({ ...fields, kind: z.literal('varnish'), url: origin }),
      z.strictObject({
        ...fields,
        kind: z.literal('cloudflare'),
        url: origin.default(CLOUDFLARE),
        zone: z.string().regex(/^[0-9a-f]{32}$/, 'zone must be the id of a zone, 32 hexadecimal digits'),
      }),
    ],
    { error: 'kind must be varnish or cloudflare' },
  )
  .transform((one): CdnCache => ({ ...one, name: one.name ?? (one.kind === 'varnish' ? hostOf(one.url) : one.zone) }))

const hostOf = (url: string): string => new URL(url).host

const caches = z.array(cache).min(1, 'is an empty list').max(20, 'has more than 20 caches')

export const cdnCacheList = secretJsonList<CdnCache>(caches, {
  one: 'cache',
  example: '[{"kind":"varnish","url":"http://127.0.0.1:6081","token":"…"}]',
  unique: ['name'],
})

/** Why a cache may not be spoken to as it is named: its token leaves this machine by TLS in production mode. Pure. */
export const cdnCacheProblems = (caches: readonly CdnCache[], { isProduction }: { isProduction: boolean }): string[] =>
  caches
    .filter(({ url }) => isProduction && url.startsWith('http:') && !isLoopback(new URL(url).hostname))
    .map(({ name }) => `CDN_CACHES: the connection to ${name} is not encrypted: in production mode use https:`)
