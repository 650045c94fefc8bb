import { z } from 'zod'
import { cursorQuery, limitQuery, textQuery } from '../../values/query-values.ts'
import { replicationPolicySchema, replicationSchema } from '../../values/replication.ts'

/** Of the documentation, and of tests that send what it shows. */
export const EXAMPLE_PIN = '019ac5e0-0000-7000-8000-000000000001'

/** Rows of one transaction. */
export const MAX_MEMBERS = 1_000

const nameField = z
  .string()
  .trim()
  .min(1)
  .transform((name) => name.normalize('NFC'))
  .refine((name) => [...name].length <= 100, { error: 'has more than 100 characters' })
  .refine((name) => name.isWellFormed() && !/\p{Cc}/u.test(name), { error: 'has control characters or broken Unicode' })
  .describe('Of no other group of the organization. 1 to 100 characters, which are kept composed (NFC).')

const replicationField = replicationPolicySchema
  .nullable()
  .describe('Of its pins that do not say, within the plan’s `replicationMax`. Null: the organization’s.')

export const groupSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    replication: replicationSchema.nullable().describe('Null: the organization’s.'),
    settled: z.boolean().describe('Whether all of its pins have this policy. After a change that takes a moment.'),
    createdAt: z.string().describe('RFC 3339, UTC.'),
    updatedAt: z.string(),
  })
  .meta({ id: 'Group' })

export const groupListSchema = z
  .object({
    groups: z.array(groupSchema).describe('The newest first.'),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  })
  .meta({ id: 'GroupList' })

export const groupListQuery = z.strictObject({
  limit: limitQuery,
  cursor: cursorQuery,
  name: textQuery.optional().describe('Only the group of exactly this name.'),
})

export type GroupListQuery = z.output<typeof groupListQuery>

export const newGroupSchema = z.strictObject({ name: nameField, replication: replicationField.default(null) })

export type NewGroup = z.output<typeof newGroupSchema>

export const groupChangeSchema = z
  .strictObject({ name: nameField, replication: replicationField })
  .partial()
  .refine((change) => Object.keys(change).length > 0, { error: 'changes nothing' })

export type GroupChange = z.output<typeof groupChangeSchema>

const ids = z.array(z.uuid()).max(MAX_MEMBERS).default([])

export const membersSchema = z
  .strictObject({
    pins: ids.describe('Requestids.'),
    files: ids.describe('Ids of files; the pin of each goes along.'),
  })
  .refine(({ pins, files }) => pins.length + files.length > 0, { error: 'names nothing' })
  .refine(({ pins, files }) => pins.length + files.length <= MAX_MEMBERS, {
    error: `names more than ${MAX_MEMBERS}`,
  })

export type Members = z.output<typeof membersSchema>

export const movedSchema = z
  .object({ moved: z.number().int().describe('How many pins have moved, with their files.') })
  .meta({ id: 'MovedMembers' })

export const groupParams = z.object({ id: z.string() })
