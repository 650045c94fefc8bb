const LEVELS: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO ', 40: 'WARN ', 50: 'ERROR', 60: 'FATAL' }
const OWN_FIELDS = new Set(['level', 'time', 'msg', 'err', 'pid', 'hostname'])

const NOT_PRINTED = /[\p{Cc}\u2028\u2029]/gu
const NOT_PRINTED_BUT_LINE_FEEDS = /[^\P{Cc}\n]|[\u2028\u2029]/gu

/** Text of strangers ends up in logs: as it is, it could forge lines and give orders to the terminal. */
const escaped = (text: string, what = NOT_PRINTED): string =>
  text.replace(what, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

const shown = (value: unknown): string => escaped(typeof value === 'string' ? value : JSON.stringify(value))

/** One line of JSON from pino, as a line for people. Pure; what is no JSON is passed through. */
export const textLogLine = (line: string): string => {
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(line)
  } catch {
    return line
  }
  const time = typeof entry.time === 'number' ? new Date(entry.time).toTimeString().slice(0, 8) : ''
  const fields = Object.entries(entry)
    .filter(([name]) => !OWN_FIELDS.has(name))
    .map(([name, value]) => ` ${escaped(name)}=${shown(value)}`)
    .join('')
  const error = entry.err
  const stack =
    typeof error === 'object' && error !== null && 'stack' in error
      ? `\n  ${escaped(String(error.stack), NOT_PRINTED_BUT_LINE_FEEDS).replaceAll('\n', '\n  ')}`
      : ''
  return `${time} ${LEVELS[Number(entry.level)] ?? '     '} ${shown(entry.msg ?? '')}${fields}${stack}\n`
}
