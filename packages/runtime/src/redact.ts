const SECRET_NAME =
  /^(authorization|proxy-?authorization|cookie|set-?cookie|(.*[_-]?)?(password|secret)|.*token|(api|master|private|secret)?[_-]?key)$/i
/** `name://user:password@`, our own API keys, and bearer credentials inside of text. */
const SECRET_TEXT = /(?<=:\/\/[^/\s:@]*:)[^@\s/]+(?=@)|(?<=\bhf(?:ast|rt|link|mfa|dc|ok|er)_)[\w-]+|(?<=\bBearer )\S+/gi

const MAX_DEPTH = 6
const HIDDEN = '[hidden]'

/** Text without the passwords of addresses, API keys and bearer credentials in it. */
export const redactText = (text: string): string => text.replace(SECRET_TEXT, HIDDEN)

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/**
 * A copy of what is logged, without values under names of secrets and without secrets inside of text. Only plain
 * objects and arrays are walked, six levels deep; errors and class instances are left to their serializers.
 */
export const redact = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'string') return redactText(value)
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return value
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  if (!isPlain(value)) return value
  const copy: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value))
    copy[name] = SECRET_NAME.test(name) && item !== null && item !== undefined ? HIDDEN : redact(item, depth + 1)
  return copy
}
