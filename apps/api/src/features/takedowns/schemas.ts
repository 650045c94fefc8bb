import { TAKEDOWN_STATUSES } from '@packages/shared/takedown'
import { z } from 'zod'
import { cidQuery, cursorQuery, limitQuery } from '../../values/query-values.ts'

/** No control characters: these stand in lists and logs. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u, { error: 'has control characters' })

export const newTakedownSchema = z.strictObject({
  cid: z.string().max(300).describe('In any encoding: every encoding, codec and path of it goes.'),
  caseNumber: line(100).describe('Told to those who have it pinned.'),
  reason: line(500).describe('For operators and the audit log.'),
  status: z
    .literal(TAKEDOWN_STATUSES)
    .default(451)
    .describe('What gateways answer: 451 where the law asks for it, 410 otherwise.'),
})

export type NewTakedown = z.output<typeof newTakedownSchema>

export const takedownSchema = z
  .object({
    id: z.string().describe('UUIDv7; the newest sorts last.'),
    cid: z.string().describe('As it was given.'),
    caseNumber: z.string(),
    reason: z.string(),
    status: z.literal(TAKEDOWN_STATUSES),
    createdAt: z.string().describe('RFC 3339, UTC.'),
    liftedAt: z.string().nullable().describe('Null while it is in force.'),
  })
  .meta({ id: 'Takedown' })

export const takedownListSchema = z
  .object({
    takedowns: z.array(takedownSchema).describe('The newest first.'),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  })
  .meta({ id: 'TakedownList' })

export const takedownListQuery = z.strictObject({
  limit: limitQuery,
  cursor: cursorQuery,
  cid: cidQuery.describe('Only those of this content, in any encoding.'),
  state: z.enum(['in-force', 'lifted']).optional(),
})

export type TakedownListQuery = z.output<typeof takedownListQuery>

export const takedownParams = z.object({ id: z.string() })
