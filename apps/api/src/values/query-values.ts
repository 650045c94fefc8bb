import { z } from 'zod'

/** Values of list queries. Each keeps out what PostgreSQL would answer with an error of its own. */

const DIGITS = /^\d{1,15}$/

/** How many of a list one page has. Digits alone: `Number` reads `0x10`, `1e2` and blanks as well. */
export const pageLimit = (max: number, usual: number) =>
  z
    .preprocess(
      (text) => (typeof text === 'string' && DIGITS.test(text) ? Number(text) : text),
      z.number('must be a whole number in digits').int().min(1).max(max),
    )
    .prefault(usual)

export const limitQuery = pageLimit(1000, 50).describe('How many, 1 to 1000.')

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

/** RFC 3339 knows the second 60, which neither PostgreSQL's clock nor JavaScript's has, and which no client sends. */
export const NO_TIME = 'must be a time as RFC 3339 writes it, with seconds of 00 to 59'

/** An RFC 3339 time of the years 1 to 9999, as it was written. */
export const exactTimeQuery = z.iso
  .datetime({ offset: true, error: NO_TIME, abort: true })
  .refine((text) => Number.isFinite(Date.parse(text)) && yearOf(text) >= 1 && yearOf(text) <= 9999, 'is out of range')

/** The same in milliseconds. */
export const timeQuery = exactTimeQuery.transform((text) => new Date(text).toISOString())

/** A time of the years 1 to 9999 that has not come yet. */
export const timeAhead = timeQuery
  .transform((text) => new Date(text))
  .refine((time) => time.getTime() > Date.now(), 'lies in the past')

const yearOf = (text: string): number => new Date(text).getUTCFullYear()
