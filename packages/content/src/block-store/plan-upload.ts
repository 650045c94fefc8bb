import { type BlockKey, keyToCid } from './block-key.ts'
import { incompleteDag } from './store-error.ts'

/**
 * Which of an upload's blocks must be written: those below its root that are not held yet, children first. What is held is
 * passed by with all below it, because the index is closed.
 * @throws HoldfastError `invalid_request` when a block is neither held nor brought.
 */
export const planUpload = (options: {
  targets: readonly BlockKey[]
  links: (key: BlockKey) => readonly BlockKey[] | undefined
  has: (key: BlockKey) => boolean
}): BlockKey[] => {
  const needed: BlockKey[] = []
  const seen = new Set<BlockKey>()
  const stack: { key: BlockKey | undefined; links: readonly BlockKey[]; next: number }[] = [
    { key: undefined, links: options.targets, next: 0 },
  ]
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const key = frame.links[frame.next++]
    if (key === undefined) {
      if (frame.key !== undefined) needed.push(frame.key)
      stack.pop()
      continue
    }
    if (seen.has(key)) continue
    seen.add(key)
    if (options.has(key)) continue
    const links = options.links(key)
    if (links === undefined) throw incompleteDag(keyToCid(key).toString())
    stack.push({ key, links, next: 0 })
  }
  return needed
}
