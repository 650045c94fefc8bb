import type { ServedTree } from '../content/held-content.ts'
import { type ChecksBelow, NamesBelow } from './names-below.ts'

/**
 * What an archive is made from, each path in it checked: before anything is sent where it is near, and else when the response comes to it, which is cut
 * there. @throws what `checkPath` throws
 */
export const checkedSources = async (
  tree: Pick<ServedTree, 'source' | 'sourceInto'>,
  below: ChecksBelow,
): Promise<Pick<ServedTree, 'source' | 'sourceInto'>> => {
  const names = new NamesBelow(below)
  await names.lookAhead(tree.source)
  return {
    source: names.guard(tree.source),
    sourceInto: (take) => names.guard(tree.sourceInto?.(take) ?? tree.source),
  }
}
