import { z } from 'zod'
import { NO_TIME, pageLimit } from '../../values/query-values.ts'
import { parseTime } from './parse-time.ts'

/** Of the Pinning Service API 1.0.0 (docs/api/ipfs-pinning-service.yaml). Unlike our own API it lets unknown fields pass: clients send them. */

export const PSA_STATUSES = ['queued', 'pinning', 'pinned', 'failed'] as const
const statusSchema = z.enum(PSA_STATUSES)

const MAX_NAME_CHARS = 255
const MAX_ORIGINS = 20
const MAX_META_ENTRIES = 1000

/** JSON Schema counts characters, not UTF-16 units. */
const nameSchema = z
  .string()
  .max(2 * MAX_NAME_CHARS)
  .refine((name) => [...name].length <= MAX_NAME_CHARS, `must have ${MAX_NAME_CHARS} characters at most`)

const metaSchema = z
  .record(z.string(), z.string())
  .refine((meta) => Object.keys(meta).length <= MAX_META_ENTRIES, `must have ${MAX_META_ENTRIES} entries at most`)

/** A peer's address. One that is none is passed over, like one that does not answer: origins are hints. */
const ORIGIN = /^\/[\x21-\x7e]{1,400}\/p2p\/[1-9A-Za-z]{40,120}$/

export const newPinSchema = z.object({
  cid: z.string(),
  name: nameSchema.optional(),
  // Kubo sends all addresses of its own, loopback and more than twenty of them included.
  origins: z
    .array(z.string())
    .max(1000)
    .transform((origins) => [...new Set(origins.filter((origin) => ORIGIN.test(origin)))].slice(0, MAX_ORIGINS))
    .optional(),
  meta: metaSchema.optional(),
})

export type NewPin = z.output<typeof newPinSchema>

export const pinStatusSchema = z.object({
  requestid: z.string(),
  status: statusSchema,
  created: z.string(),
  pin: z.object({
    cid: z.string(),
    name: z.string().optional(),
    origins: z.array(z.string()).optional(),
    meta: z.record(z.string(), z.string()).optional(),
  }),
  delegates: z.array(z.string()),
  info: z.record(z.string(), z.string()).optional(),
})

export type PinStatus = z.output<typeof pinStatusSchema>

export const pinResultsSchema = z.object({ count: z.number().int(), results: z.array(pinStatusSchema) })

/** `style: form, explode: false`: one text with commas; a key that comes twice is taken as both. */
const listOf = (text: string | string[]): string[] => [...new Set([text].flat().flatMap((part) => part.split(',')))]
const csv = z.union([z.string(), z.array(z.string())]).transform(listOf)

const storable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

const metaQuery = z.string().transform((text, context): Record<string, string> => {
  try {
    const asked = JSON.parse(text)
    const { data } = metaSchema.safeParse(asked)
    // A key that is left out on the way (`__proto__`) would make a wider filter than was asked for.
    const isWhole = data !== undefined && Object.keys(data).length === Object.keys(asked).length
    if (isWhole && Object.entries(data).flat().every(storable)) return data
  } catch {
    // Told below.
  }
  context.addIssue('must be a JSON object of strings')
  return z.NEVER
})

const timeQuery = (rounded: 'up' | 'down') =>
  z.string().transform((text, context): string => {
    const time = parseTime(text, rounded)
    if (time !== undefined) return time
    context.addIssue(NO_TIME)
    return z.NEVER
  })

export const pinsQuery = z.object({
  cid: csv.pipe(z.array(z.string()).min(1).max(10)).optional(),
  name: nameSchema.optional(),
  match: z.enum(['exact', 'iexact', 'partial', 'ipartial']).default('exact'),
  status: csv.pipe(z.array(statusSchema).min(1)).optional(),
  // Rounded so that nothing is lost: pins have microseconds, times of callers may have more digits.
  before: timeQuery('up').optional(),
  after: timeQuery('down').optional(),
  limit: pageLimit(1000, 10),
  meta: metaQuery.optional(),
})

export type PinsQuery = z.output<typeof pinsQuery>

export const requestParams = z.object({ requestid: z.string() })
