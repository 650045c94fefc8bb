import { parseCid } from '@packages/shared/cid'

/** Keys in any base, and domains. What it leads to is the resolver's to find out. */
const NAME = /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?)*$/
const MAX_SEGMENTS = 64

const isCid = (text: string): boolean => {
  try {
    parseCid(text)
    return true
  } catch {
    return false
  }
}

const isSegment = (text: string): boolean => text !== '' && text !== '.' && text !== '..' && !/\p{Cc}/u.test(text)

/**
 * What a record may say, written as resolvers read it: `/ipfs/CID/…`, `/ipns/NAME/…`. A CID alone is the path of its content. Pure.
 * @returns undefined for what is neither
 */
export const asContentPath = (text: string): string | undefined => {
  if (!text.isWellFormed()) return undefined
  if (isCid(text)) return `/ipfs/${text}`
  const [start, namespace, root = '', ...rest] = text.split('/')
  if (start !== '' || (namespace !== 'ipfs' && namespace !== 'ipns')) return undefined
  if (rest.at(-1) === '') rest.pop()
  if (rest.length > MAX_SEGMENTS || !rest.every(isSegment)) return undefined
  return (namespace === 'ipfs' ? isCid(root) : NAME.test(root)) ? ['', namespace, root, ...rest].join('/') : undefined
}
