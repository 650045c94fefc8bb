import { z } from 'zod'
import { cursorQuery, limitQuery } from '../../values/query-values.ts'
import { hasOneIdentity, identityFields, ONE_IDENTITY } from '../auth/confirmation/schemas.ts'
import { asContentPath } from './content-path.ts'

const DAY = 86_400
const MAX_LIFETIME = 5 * 366 * DAY
const DEFAULT_LIFETIME = 90 * DAY

export const newKeySchema = z.strictObject({
  label: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .regex(/^[^\p{Cc}]*$/u, { error: 'has control characters' })
    .describe('What you call it; once in an organization.'),
})

export const keySchema = z
  .object({
    id: z.string(),
    label: z.string(),
    name: z.string().describe('The IPNS name: `/ipns/NAME`.'),
    type: z.literal('ed25519'),
    createdAt: z.string().describe('RFC 3339, UTC.'),
  })
  .meta({ id: 'IpnsKey' })

export const keyListSchema = z.object({ keys: z.array(keySchema).describe('By label.') }).meta({ id: 'IpnsKeyList' })

export const nameSchema = z
  .object({
    name: z.string(),
    keyId: z.string(),
    label: z.string(),
    value: z.string().describe('The content path that it leads to.'),
    sequence: z.string().describe('An unsigned number of 64 bits, decimal.'),
    ttlSeconds: z.int().nullable().describe('How long resolvers may keep it; null: the record does not say.'),
    validUntil: z.string().describe('The signed end. Nobody follows the name after it.'),
    publishedAt: z.string(),
    republishedAt: z.string().nullable().describe('When the IPFS network was last told; null: not yet.'),
  })
  .meta({ id: 'IpnsName' })

export const nameListSchema = z
  .object({ names: z.array(nameSchema).describe('By label; keys that published nothing have none.') })
  .meta({ id: 'IpnsNameList' })

export const publishSchema = z
  .strictObject({
    value: z
      .string()
      .min(1)
      // 3,072 bytes at most: a record's value has 4,096.
      .max(1_024)
      .transform((text, context) => {
        const path = asContentPath(text)
        if (path !== undefined) return path
        context.addIssue({ code: 'custom', message: 'is no CID, and no path of /ipfs/CID or /ipns/NAME' })
        return z.NEVER
      })
      .describe('A CID, or a content path.'),
    lifetimeSeconds: z
      .int()
      .min(60)
      .max(MAX_LIFETIME)
      .default(DEFAULT_LIFETIME)
      .describe('How long the record is valid; owners are warned before its end.'),
    ttlSeconds: z
      .int()
      .min(1)
      .max(7 * DAY)
      .default(300)
      .describe('How long resolvers may keep it without asking again.'),
  })
  .refine(({ lifetimeSeconds, ttlSeconds }) => ttlSeconds <= lifetimeSeconds, {
    path: ['ttlSeconds'],
    error: 'is longer than the record is valid',
  })

export type NewPublication = z.output<typeof publishSchema>

export const publicationSchema = z
  .object({
    name: z.string(),
    value: z.string(),
    sequence: z.string().describe('Higher with each publication.'),
    ttlSeconds: z.int().nullable(),
    validUntil: z.string(),
    way: z.enum(['key', 'record']).describe('`key`: signed here. `record`: signed elsewhere and brought.'),
    publishedAt: z.string(),
  })
  .meta({ id: 'IpnsPublication' })

export const publicationPageSchema = z
  .object({ publications: z.array(publicationSchema).describe('The newest first.'), nextCursor: z.string().nullable() })
  .meta({ id: 'IpnsPublicationPage' })

export const exportSchema = z
  .strictObject({
    ...identityFields,
    confirm: z
      .string()
      .max(200)
      .describe('The IPNS name of the key, so that nothing is exported by a slip of the hand.'),
  })
  .refine(hasOneIdentity, ONE_IDENTITY)

export const exportedKeySchema = z
  .object({
    name: z.string(),
    format: z.literal('libp2p-protobuf-cleartext').describe('As `ipfs key import --format=` takes it.'),
    privateKey: z.string().describe('Base64. Who has it speaks for the name, for ever.'),
  })
  .meta({ id: 'ExportedIpnsKey' })

export const keyParams = z.object({ id: z.string() })
export const historyQuery = z.strictObject({ limit: limitQuery, cursor: cursorQuery })
