import { type RawBuilder, sql } from 'kysely'

/** How far `created` may run ahead of the clock while one organization makes more than a thousand pins a second. */
export const AHEAD_SECONDS = 120

/**
 * When the next pin of an organization was made, in microseconds: unique, rising, and as a rule on its own millisecond, because clients
 * in JavaScript page by times cut to milliseconds (ADR 0128). Past `AHEAD_SECONDS` it rises by microseconds.
 */
export const nextCreated = (nowMicros: number, lastMicros: number): number => {
  const now = nowMicros - (nowMicros % 1_000)
  const next = Math.max(now, lastMicros - (lastMicros % 1_000) + 1_000)
  return next <= nowMicros + AHEAD_SECONDS * 1_000_000 ? next : lastMicros + 1
}

const CLOCK = sql`clock_timestamp()`
const NEXT = sql`greatest(date_trunc('milliseconds', ${CLOCK}), date_trunc('milliseconds', last_pin_at) + interval '1 millisecond')`

/** The same rule as an expression over `usage.last_pin_at`. */
export const nextCreatedSql: RawBuilder<unknown> = sql`
  case when ${NEXT} <= ${CLOCK} + ${AHEAD_SECONDS} * interval '1 second' then ${NEXT}
    else last_pin_at + interval '1 microsecond' end`
