import { askNode, type PoolNode } from './node-pool.ts'

const LIST_MS = 30_000

/** All blocks that a node has, pinned or not; each as raw, whatever it is: stores know blocks by their hashes. */
export const blocksOn = async ({ kubo }: PoolNode): Promise<Set<string>> => {
  const lines = (await askNode(kubo, 'refs/local', { timeoutMs: LIST_MS })).split('\n').filter((line) => line !== '')
  return new Set(lines.map((line) => (JSON.parse(line) as { Ref: string }).Ref))
}
