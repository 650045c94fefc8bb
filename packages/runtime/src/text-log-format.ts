const LEVELS: Record<number, string> = { 10: 'TRACE', 20: 'DEBUG', 30: 'INFO ', 40: 'WARN ', 50: 'ERROR', 60: 'FATAL' }
const OWN_FIELDS = new Set(['level', 'time', 'msg', 'err', 'pid', 'hostname'])

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

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
    .map(([name, value]) => ` ${name}=${shown(value)}`)
    .join('')
  const error = entry.err
  const stack =
    typeof error === 'object' && error !== null && 'stack' in error
      ? `\n  ${String(error.stack).replaceAll('\n', '\n  ')}`
      : ''
  return `${time} ${LEVELS[Number(entry.level)] ?? '     '} ${shown(entry.msg ?? '')}${fields}${stack}\n`
}
