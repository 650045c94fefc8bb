/** A mutable or immutable content path in its parts; `rest` as it is written, without escapes. */
export type ContentPath = { namespace: 'ipfs' | 'ipns'; root: string; rest: readonly string[] }

const MAX_SEGMENTS = 64
const PLAIN = /^[^\p{Cc}]+$/u

/** Reads `/ipfs/CID/…` or `/ipns/NAME/…`; `undefined` for what is none, or holds dots to climb by. */
export const parseContentPath = (text: string): ContentPath | undefined => {
  const [start, namespace, root = '', ...rest] = text.split('/')
  if (start !== '' || (namespace !== 'ipfs' && namespace !== 'ipns') || root === '') return undefined
  if (rest.at(-1) === '') rest.pop()
  if (rest.length > MAX_SEGMENTS) return undefined
  const isPlain = [root, ...rest].every((segment) => PLAIN.test(segment) && segment !== '.' && segment !== '..')
  return isPlain ? { namespace, root, rest } : undefined
}
