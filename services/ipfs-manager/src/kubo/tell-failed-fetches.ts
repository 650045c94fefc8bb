import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { KuboError } from './kubo-error.ts'

const TELL_AGAIN_MS = 60_000

/**
 * Who hears why nodes did not give a block of the network. That nobody has it, or not in time, is what strangers may ask for all day; what an operator can mend is told once
 * a minute for each node.
 */
export const tellFailedFetches = (
  logger: MinimalLogger,
  now: () => number = () => performance.now(),
): ((nodeId: string, error: KuboError) => void) => {
  const told = new Map<string, number>()
  return (nodeId, error) => {
    const facts = { err: error, nodeId }
    const isUsual = error.kind === 'failed' || error.kind === 'timeout'
    if (isUsual || now() - (told.get(nodeId) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_MS)
      return logger.debug(facts, 'a node did not give a block of the network')
    told.set(nodeId, now())
    logger.warn(facts, 'a node cannot be asked for blocks of the network')
  }
}
