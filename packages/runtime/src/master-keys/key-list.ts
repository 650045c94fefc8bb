const MAX_KEYS = 2

const readKey = (text: string): Uint8Array | undefined => {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  return /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

/**
 * One key of 32 bytes, in hex (64 characters) or base64 (43 or 44), or two: the new one and the one before it, separated by a
 * comma or a line's end. Undefined when the text is anything else.
 */
export const parseKeyList = (text: string): Uint8Array[] | undefined => {
  const keys = text
    .trim()
    .split(/[\s,]+/)
    .map(readKey)
  const valid = keys.filter((key) => key?.length === 32)
  return valid.length === keys.length && keys.length <= MAX_KEYS ? valid.filter((key) => key !== undefined) : undefined
}
