import { z } from 'zod'
import { deniedSchema } from '../../values/denied-schema.ts'
import { replicationSchema, replicationWishSchema } from '../../values/replication.ts'
import { cidQuery, cursorQuery, limitQuery, textQuery, timeAhead } from '../../values/query-values.ts'

export const pinStatusSchema = z.enum(['queued', 'pinning', 'pinned', 'degraded', 'failed'])

export const pinSchema = z
  .object({
    requestid: z.string().describe('UUIDv7; the newest sorts last.'),
    cid: z.string().describe('As it was given.'),
    name: z.string().nullable(),
    status: pinStatusSchema,
    createdAt: z.string().describe('RFC 3339, UTC.'),
    pinnedAt: z.string().nullable().describe('When the minimum of copies was first confirmed.'),
    meta: z.record(z.string(), z.unknown()),
    info: z
      .record(z.string(), z.unknown())
      .describe(
        '`reason`: why it is not pinned. While it is fetched: `phase` (`searching`, `fetching`, `replicating`), `blocks`, `bytes`, `providers`, `tries`, `nextTryAt`.',
      ),
    group: z.string().nullable().describe('The id of its group.'),
    expiresAt: z.string().nullable().describe('When it goes by itself, with its file; null: never.'),
    denied: deniedSchema,
  })
  .meta({ id: 'Pin' })

export const pinListSchema = z
  .object({
    pins: z.array(pinSchema).describe('The newest first.'),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  })
  .meta({ id: 'PinList' })

export const pinNodeSchema = z
  .object({
    node: z.string(),
    status: z.enum(['assigned', 'pinning', 'pinned', 'unreachable', 'lost', 'releasing', 'error']),
    pinnedAt: z.string().nullable(),
    lastChecked: z.string().nullable().describe('When the node itself last confirmed it.'),
    error: z.string().nullable(),
  })
  .meta({ id: 'PinNode' })

export const networkCheckSchema = z
  .object({
    state: z
      .enum(['found', 'not_found', 'unknown'])
      .describe('`unknown`: nobody could be asked, see `reason`; it says nothing of the content.'),
    reason: z.string().nullable(),
    ours: z.boolean().describe('Whether a node of this platform is among the providers.'),
    providers: z.array(z.string()).describe('Peer ids that the network names, at most 20.'),
    asked: z.number().int().describe('Peers that answered.'),
    checkedAt: z.string(),
    announcedAt: z.string().nullable().describe('When the platform’s own node last told the network of it.'),
  })
  .meta({ id: 'NetworkCheck' })

export const pinStatusListSchema = z
  .object({
    pins: z.array(
      pinSchema
        .extend({
          replication: replicationSchema.extend({
            confirmed: z.number().int().describe('Copies that nodes have confirmed.'),
            shortage: z
              .string()
              .nullable()
              .describe(
                'What the content lacks now of what the pin asks for, and why, as of the last look for a place.',
              ),
          }),
          nodes: z.array(pinNodeSchema),
          network: networkCheckSchema
            .nullable()
            .optional()
            .describe(
              'With `check=network`: what others in the public network say. Null for private files, of which nobody is asked.',
            ),
        })
        .meta({ id: 'PinWithNodes' }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'PinStatusList' })

export const deletedPinsSchema = z
  .object({ deleted: z.number().int().describe('How many pins were deleted.') })
  .meta({ id: 'DeletedPins' })

export const pinListQuery = z.strictObject({
  limit: limitQuery,
  cursor: cursorQuery,
  cid: cidQuery,
  name: textQuery.optional().describe('Only pins of exactly this name.'),
  status: pinStatusSchema.optional(),
  group: z.uuid().optional().describe('Only pins of this group.'),
})

export type PinListQuery = z.output<typeof pinListQuery>

export const pinHashQuery = z.strictObject({
  limit: limitQuery,
  cursor: cursorQuery,
  check: z
    .literal('network')
    .optional()
    .describe(
      '`network` asks others in the public network who has it: up to 15 seconds, and an answer of the last minute is told again.',
    ),
})

export type PinHashQuery = z.output<typeof pinHashQuery>

const newPinFields = {
  name: z.string().min(1).max(255).optional(),
  meta: z.record(z.string(), z.unknown()).optional().describe('At most 16 KiB and depth 8.'),
  replication: replicationWishSchema.optional(),
  group: z.uuid().optional().describe('The id of the group that it goes into.'),
  expiresAt: timeAhead.optional().describe('RFC 3339: when it goes by itself.'),
}

/** A request without a body is one without wishes. */
export const newPinSchema = z.preprocess((body) => body ?? {}, z.strictObject(newPinFields))

export type NewPin = z.output<typeof newPinSchema>

export const pinChangeSchema = z
  .strictObject({
    replication: replicationWishSchema
      .optional()
      .describe('In place of the policy that they have; `{}` is the default.'),
    expiresAt: timeAhead.nullable().optional().describe('RFC 3339: when they go by themselves; null: never.'),
  })
  .refine(
    ({ replication, expiresAt }) => replication !== undefined || expiresAt !== undefined,
    'needs replication or expiresAt',
  )

export type PinChange = z.output<typeof pinChangeSchema>

export const changedPinsSchema = z
  .object({ changed: z.number().int().describe('How many pins have it now.') })
  .meta({ id: 'ChangedPins' })

/** A line of a bulk pin. */
export const bulkPinLineSchema = z.strictObject({ cid: z.string(), ...newPinFields })

/** A line of a bulk unpin. */
export const bulkUnpinLineSchema = z.strictObject({ hash: z.string() })

export const retrySchema = z.preprocess(
  (body) => body ?? {},
  z.strictObject({
    cid: z.string().max(300).optional().describe('Only pins of this CID; v0 and v1 are the same.'),
    name: textQuery.optional().describe('Only pins of exactly this name.'),
  }),
)

export type RetryFilters = z.output<typeof retrySchema>

export const retriedSchema = z
  .object({ retried: z.number().int().describe('How many pins wait for another try now.') })
  .meta({ id: 'RetriedPins' })

export const pinParams = z.object({
  hash: z.string().describe("A CID (v0 and v1 are the same), or a pin's requestid, which then means that pin alone."),
})

export const cidParams = z.object({ hash: z.string().describe('A CID.') })
