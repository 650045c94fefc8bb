import { parseCid } from '@packages/shared/cid'
import { z } from 'zod'
import { isAddressRange } from '../../plugins/authenticate/address-list.ts'

/** Hosts that people would take for the platform's own. */
const RESERVED: ReadonlySet<string> = new Set([
  'admin',
  'api',
  'app',
  'auth',
  'dashboard',
  'gateway',
  'ipfs',
  'ipns',
  'mail',
  'status',
  'www',
])

const HOST_PATTERN =
  /^(\*\.)?(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$/

const MAX_PATH = 1_024
/** Also of an encoded path: what it decodes to is what is looked up. */
const isContentPath = (text: string): boolean => {
  const [, cid = '', rest = ''] = /^\/ipfs\/([^/?#]+)((?:\/[^/?#]*)*)$/.exec(text) ?? []
  try {
    parseCid(cid)
    return rest
      .split('/')
      .slice(1)
      .every((segment, at, all) => {
        const name = decodeURIComponent(segment)
        const isEmpty = name === '' && at < all.length - 1
        return !isEmpty && !/[/\p{Cc}]/u.test(name) && name !== '.' && name !== '..'
      })
  } catch {
    return false
  }
}

const hostList = z
  .array(z.string().max(255).toLowerCase().regex(HOST_PATTERN, { error: 'is no host, nor `*.` before one' }))
  .max(100)

const contentPath = z
  .string()
  .max(MAX_PATH)
  .refine(isContentPath, { error: 'must be /ipfs/CID, or a path below it' })
  .nullable()

const limit = z.int().min(1).max(Number.MAX_SAFE_INTEGER).nullable()

const gatewayFields = {
  mode: z.enum(['pinned']).describe('`pinned`: serves what this platform holds.'),
  tokenRequired: z.boolean().describe('Whether one of its tokens has to be shown: `?token=`, or a header.'),
  allowedAddresses: z
    .array(z.string().max(64).refine(isAddressRange, { error: 'is no address and no CIDR block' }))
    .max(100)
    .describe('Addresses and CIDR blocks of visitors; empty: any.'),
  allowedHosts: hostList.describe('Hosts by which it answers, of those that it has; empty: any.'),
  allowedReferrers: hostList.describe(
    'Hosts of pages whose requests it answers, by `Referer`; without that header there is no answer then. `*.example.org` is every host below. Empty: any.',
  ),
  requestsPerMinute: limit.describe('Of all visitors together, in each gateway process; null: any number.'),
  bytesPerMinute: limit.describe('The same for bytes that are sent.'),
  indexPath: contentPath.describe('What is shown at `/`: a content path.'),
  notFoundPath: contentPath.describe('What is shown, with 404, where there is nothing.'),
}

export const domainSchema = z
  .object({
    id: z.string(),
    domain: z.string().describe('In ASCII, as DNS has it.'),
    state: z.enum(['pending', 'verified']).describe('`verified`: it is served.'),
    record: z
      .object({ name: z.string(), type: z.literal('TXT'), value: z.string() })
      .describe('What has to stand in DNS, before it is served and as long as it is.'),
    problem: z
      .enum(['no-record', 'other-record', 'look-up-failed', 'held'])
      .nullable()
      .describe(
        'What the last look found instead. `held`: another gateway serves the domain, and its record stands there too; remove that one.',
      ),
    verifiedAt: z.string().nullable().describe('Since when it is served.'),
    createdAt: z.string(),
  })
  .meta({ id: 'GatewayDomain' })

export const gatewaySchema = z
  .object({
    id: z.string(),
    name: z.string().describe('Its label below the gateway’s host.'),
    ...gatewayFields,
    tokens: z
      .array(z.object({ id: z.string(), name: z.string(), createdAt: z.string() }).meta({ id: 'GatewayToken' }))
      .describe('Never the tokens themselves.'),
    domains: z.array(domainSchema).describe('By name.'),
    createdAt: z.string().describe('RFC 3339, UTC.'),
    updatedAt: z.string(),
  })
  .meta({ id: 'Gateway' })

export const gatewayListSchema = z
  .object({ gateways: z.array(gatewaySchema).describe('By name.') })
  .meta({ id: 'GatewayList' })

export const newGatewaySchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, {
      error: 'has 3 to 63 of a-z, 0-9 and -, and begins and ends with no -',
    })
    .refine((name) => !RESERVED.has(name) && !name.startsWith('xn--'), { error: 'is reserved' })
    .describe('A label below the gateway’s host, of all organizations together.'),
  mode: gatewayFields.mode.default('pinned'),
  tokenRequired: gatewayFields.tokenRequired.default(true),
  allowedAddresses: gatewayFields.allowedAddresses.default([]),
  allowedHosts: gatewayFields.allowedHosts.default([]),
  allowedReferrers: gatewayFields.allowedReferrers.default([]),
  requestsPerMinute: gatewayFields.requestsPerMinute.default(null),
  bytesPerMinute: gatewayFields.bytesPerMinute.default(null),
  indexPath: gatewayFields.indexPath.default(null),
  notFoundPath: gatewayFields.notFoundPath.default(null),
})

export type NewGateway = z.output<typeof newGatewaySchema>

export const gatewayChangeSchema = z.strictObject(gatewayFields).partial()

export type GatewayChange = z.output<typeof gatewayChangeSchema>

export const newTokenSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[^\p{Cc}]*$/u, { error: 'has control characters' }),
})

export const newDomainSchema = z.strictObject({
  domain: z.string().min(1).max(255).describe('Such as `files.example.org`: no port, no wildcard.'),
})

export const createdTokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    token: z.string().describe('Shown this once.'),
    createdAt: z.string(),
  })
  .meta({ id: 'CreatedGatewayToken' })

export const gatewayParams = z.object({ id: z.string() })
export const tokenParams = z.object({ id: z.string(), tokenId: z.string() })
export const domainParams = z.object({ id: z.string(), domainId: z.string() })
