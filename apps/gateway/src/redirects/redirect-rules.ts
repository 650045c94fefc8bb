/** One line of a `_redirects` file. */
export type RedirectRule = {
  /** Segments of the path; one that begins with `:` takes any. */
  from: readonly string[]
  /** All that comes behind `from` is taken as `:splat`. */
  splat: boolean
  to: string
  status: RedirectStatus
}

export type RedirectStatus = 200 | 301 | 302 | 303 | 307 | 308 | 404 | 410 | 451

/** Web _redirects File Specification, "Max File Size". */
export const MAX_REDIRECTS_BYTES = 64 * 1024

const STATUSES: ReadonlySet<number> = new Set([200, 301, 302, 303, 307, 308, 404, 410, 451])
const MOVES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const ELSEWHERE = /^https?:\/\/[^/\s]/i
/** A path of this host: `//` and `/\` would be another one's. */
const HERE = /^\/(?![/\\])/

/** Why a file is none. The message names the line. */
export class InvalidRedirects extends Error {
  override readonly name = 'InvalidRedirects'
}

export const isMove = (status: RedirectStatus): boolean => MOVES.has(status)

export const leadsElsewhere = (to: string): boolean => !HERE.test(to)

const isStatus = (status: number): status is RedirectStatus => STATUSES.has(status)

const statusOf = (text: string, line: number): RedirectStatus => {
  const status = /^\d{3}$/.test(text) ? Number(text) : 0
  if (isStatus(status)) return status
  throw new InvalidRedirects(`line ${line}: the status is not one of ${[...STATUSES].join(', ')}`)
}

const ruleOf = (fields: readonly string[], line: number): RedirectRule => {
  const [from = '', to = '', given = '301', ...more] = fields
  if (to === '') throw new InvalidRedirects(`line ${line}: there is no target`)
  if (more.length > 0) throw new InvalidRedirects(`line ${line}: there are more than three fields`)
  if (!from.startsWith('/')) throw new InvalidRedirects(`line ${line}: the path does not begin with a slash`)
  const status = statusOf(given, line)
  if (!HERE.test(to) && !(ELSEWHERE.test(to) && isMove(status)))
    throw new InvalidRedirects(`line ${line}: the target is no path, nor an address that a redirect can lead to`)
  const splat = from.endsWith('*')
  const path = splat ? from.slice(0, -1) : from
  if (path.includes('*')) throw new InvalidRedirects(`line ${line}: an asterisk stands at the end only`)
  const segments = path.split('/').filter((segment) => segment !== '')
  const names = segments.filter((segment) => segment.startsWith(':'))
  if (new Set(names).size < names.length) throw new InvalidRedirects(`line ${line}: a placeholder comes twice`)
  return { from: segments.map(decoded), splat, to, status }
}

/** Paths are compared as they are meant, however their letters are escaped. */
const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/**
 * Reads a `_redirects` file (Web _redirects File Specification, "File Format").
 * @throws InvalidRedirects
 */
export const parseRedirects = (text: string): RedirectRule[] => {
  const rules: RedirectRule[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const plain = line.trim()
    if (plain !== '' && !plain.startsWith('#')) rules.push(ruleOf(plain.split(/[ \t]+/), index + 1))
  }
  return rules
}

export type RedirectMatch = { rule: RedirectRule; values: ReadonlyMap<string, readonly string[]> }

/**
 * The first rule that a path fits, and what its placeholders stand for ("Order"). A closing slash makes no difference.
 * @param path decoded segments
 */
export const matchRedirect = (rules: readonly RedirectRule[], path: readonly string[]): RedirectMatch | undefined => {
  const segments = path.at(-1) === '' ? path.slice(0, -1) : path
  for (const rule of rules) {
    if (rule.splat ? segments.length < rule.from.length : segments.length !== rule.from.length) continue
    const values = new Map<string, readonly string[]>()
    const fits = rule.from.every((part, at) => {
      const segment = segments[at] as string
      if (part.startsWith(':')) values.set(part.slice(1), [segment])
      return part.startsWith(':') || part === segment
    })
    if (!fits) continue
    if (rule.splat) values.set('splat', segments.slice(rule.from.length))
    return { rule, values }
  }
  return undefined
}

const PLACEHOLDER = /:([A-Za-z_][A-Za-z0-9_]*)/g

/** The target with its placeholders filled in, each segment by `encode`; unknown ones stay. */
export const fillTarget = ({ rule, values }: RedirectMatch, encode: (segment: string) => string): string =>
  rule.to.replace(PLACEHOLDER, (whole, name: string) => values.get(name)?.map(encode).join('/') ?? whole)
