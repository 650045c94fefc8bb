import type { CID } from 'multiformats/cid'
import { ANSWERS, readAnswer } from './kubo-answers.ts'
import { KuboError } from './kubo-error.ts'
import type { KuboRpc } from './kubo-rpc.ts'

const EDGE = ' -> '

/**
 * Whether a DAG that the node has is deeper than `limit`, as `walkDag` counts: its links are gone through depth first, each block once. Holds the way
 * down alone.
 * @throws KuboError; the signal's reason
 */
export const isDeeperThan = async (
  rpc: KuboRpc,
  root: CID,
  limit: number,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<boolean> => {
  const way = [root.toString()]
  const options = { recursive: true, unique: true, offline: true, format: `<src>${EDGE}<dst>` }
  for await (const line of rpc.lines('refs', { args: [root.toString()], options, timeoutMs, signal })) {
    const { Ref, Err } = readAnswer(ANSWERS.ref, line)
    if (Err) throw new KuboError('failed', Err)
    const [from = '', to = ''] = Ref.split(EDGE)
    while (way.length > 1 && way.at(-1) !== from) way.pop()
    way.push(to)
    if (way.length > limit) return true
  }
  return false
}
