import { parseCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * The CIDs that a DAG-JSON block links to, in order, duplicates included (<https://ipld.io/specs/codecs/dag-json/spec/>). A link is a map with
 * the one key "/" and a string; a map with more keys is a map, as for Kubo. Nesting is measured before the text is parsed.
 * @throws Error for malformed blocks and for nesting beyond `maxDepth`.
 */
export const jsonLinks = (bytes: Uint8Array, maxDepth: number): CID[] => {
  checkDepth(bytes, maxDepth)
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  const links: CID[] = []
  const stack: unknown[] = [JSON.parse(text)]
  while (stack.length > 0) {
    const value = stack.pop()
    if (typeof value !== 'object' || value === null) continue
    const values: unknown[] = Object.values(value)
    if (!Array.isArray(value) && values.length === 1 && typeof values[0] === 'string' && '/' in value) {
      links.push(parseCid(values[0]))
      continue
    }
    for (let i = values.length - 1; i >= 0; i--) stack.push(values[i])
  }
  return links
}

// Brackets outside of strings. What is no JSON at all is found by the parser afterwards.
const checkDepth = (bytes: Uint8Array, maxDepth: number): void => {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > maxDepth) throw new RangeError(`nested deeper than ${maxDepth}`)
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
}
