import { z } from 'zod'

/** Values of list queries. Each keeps out what PostgreSQL would answer with an error of its own. */

export const limitQuery = z.coerce.number().int().min(1).max(1000).default(50).describe('How many, 1 to 1000.')

export const cursorQuery = z
  .string()
  .max(100)
  .optional()
  .describe('`nextCursor` of the page before. Bound to the filters that it was made with.')

export const cidQuery = z.string().max(300).optional().describe('Only this CID; v0 and v1 are the same.')

/** A text that a column is compared with; composed, as names are stored. */
export const textQuery = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must not hold NUL or broken Unicode')
  .transform((text) => text.normalize('NFC'))

/** An RFC 3339 time of the years 1 to 9999, in milliseconds. */
export const timeQuery = z.iso
  .datetime({ offset: true })
  .refine((text) => Number.isFinite(Date.parse(text)) && yearOf(text) >= 1 && yearOf(text) <= 9999, 'is out of range')
  .transform((text) => new Date(text).toISOString())

const yearOf = (text: string): number => new Date(text).getUTCFullYear()
