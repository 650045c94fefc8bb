const RFC3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,18}))?(Z|[+-]\d\d:\d\d)$/

/** 30 February and 24 o'clock are some other day's to `Date`. */
const isOnCalendar = (local: string): boolean => new Date(`${local}Z`).toISOString().startsWith(local)

/**
 * Reads a date-time of RFC 3339 (5.6) with any number of digits and any offset, exactly.
 * @returns it in UTC with six digits, rounded as told; undefined for what is none, or lies outside of the years 1 to 9999
 */
export const parseTime = (text: string, rounded: 'up' | 'down'): string | undefined => {
  // A plus that a client has not escaped comes as a blank.
  const [, day, clock, digits = '', zone] = RFC3339.exec(text.toUpperCase().replace(/ (?=\d\d:\d\d$)/, '+')) ?? []
  const milliseconds = Date.parse(`${day}T${clock}${zone}`)
  if (!Number.isFinite(milliseconds) || !isOnCalendar(`${day}T${clock}`)) return undefined
  const padded = digits.padEnd(18, '0')
  const up = rounded === 'up' && /[1-9]/.test(padded.slice(6)) ? 1 : 0
  const micros = Number(padded.slice(0, 6)) + up
  const seconds = new Date(milliseconds + (micros === 1_000_000 ? 1_000 : 0))
  if (seconds.getUTCFullYear() < 1 || seconds.getUTCFullYear() > 9999) return undefined
  return `${seconds.toISOString().slice(0, 19)}.${String(micros % 1_000_000).padStart(6, '0')}Z`
}
