import { type RawBuilder, sql } from 'kysely'

/** RFC 3339 in UTC with six digits of a second, from microseconds since 1970: `2026-11-24T01:02:03.000004Z`. */
export const fromMicroseconds = (micros: number): string => {
  const rest = String(micros % 1_000).padStart(3, '0')
  return `${new Date(Math.floor(micros / 1_000)).toISOString().slice(0, -1)}${rest}Z`
}

/** A timestamptz column as that text; a Date holds only milliseconds. Give it back as a parameter `::timestamptz`. */
export const microseconds = (column: string): RawBuilder<string> =>
  sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** A timestamptz column in UTC as PostgreSQL writes it, for `isoOfUtc`: a page of Dates costs what all else of its rows costs. */
export const utcText = (column: string): RawBuilder<string> =>
  sql<string>`(${sql.ref(column)} at time zone 'UTC')::text`

const UTC_TEXT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,6})?$/

/** RFC 3339 with milliseconds, as `toISOString` gives it, of what `utcText` read; of any other time as `Date` reads it. */
export const isoOfUtc = (text: string): string =>
  UTC_TEXT.test(text)
    ? `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, 23).padEnd(3, '0')}Z`
    : new Date(text).toISOString()
