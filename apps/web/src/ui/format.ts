const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** Bytes for people, in powers of 1024: `0 bytes`, `1.5 KiB`, `512 MiB`. */
export const formatBytes = (bytes: number): string => {
  if (bytes === 1) return '1 byte'
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  // 1023.7 KiB would be rounded to 1024 KiB.
  if (unit > 0 && unit < UNITS.length - 1 && value >= 1023.5) {
    value = 1
    unit += 1
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1
  return `${Number(value.toFixed(digits))} ${UNITS[unit]}`
}

/** A CID's start and end, which is what people compare: `bafybeig…q2m4`. */
export const shortCid = (cid: string): string => (cid.length <= 16 ? cid : `${cid.slice(0, 9)}…${cid.slice(-5)}`)

/** Date and time in the reader's own language and time zone, to the minute. */
export const formatTime = (iso: string): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
