import { setTimeout as sleep } from 'node:timers/promises'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { LogPosition, PolicyEntry } from '@packages/shared/policy-log'
import type { Database } from '../open-database.ts'
import { POLICY_CHANNEL } from './append-policy.ts'
import { readPolicyLog } from './read-policy-log.ts'

export type PolicyTailOptions = {
  from: LogPosition
  /** Called in order, one call at a time; a rejection calls it again with the same entries. */
  onEntries(entries: PolicyEntry[], position: LogPosition): void | Promise<void>
  logger: MinimalLogger
  /** Entries handed over at once; 500 by default. */
  batchSize?: number
  /** The safety net when a notification is lost; 250 ms by default. */
  pollMs?: number
  /** Told after each look that reached the end: how fresh the tail is. */
  onCaughtUp?(): void
}

export type PolicyTail = { stop(): Promise<void> }

/** Follows the policy log: woken by NOTIFY at commit, and by a poll. Database errors are logged and tried again. */
export const tailPolicyLog = async (
  db: Pick<Database, 'kysely' | 'listen'>,
  options: PolicyTailOptions,
): Promise<PolicyTail> => {
  const { onEntries, logger, batchSize = 500, pollMs = 250 } = options
  const stopping = new AbortController()
  let wake = Promise.withResolvers<void>()
  const unlisten = await db.listen(POLICY_CHANNEL, () => wake.resolve())
  let position = options.from

  const readOn = async (): Promise<void> => {
    for (;;) {
      const read = await readPolicyLog(db.kysely, position, batchSize)
      const last = read.at(-1)
      if (last) {
        const entries = read.flatMap(({ entry }) => (entry ? [entry] : []))
        if (entries.length < read.length)
          logger.warn({ position: last.position }, 'the policy log has entries of a kind that is not known here')
        await onEntries(entries, last.position)
        position = last.position
      }
      if (read.length < batchSize) return options.onCaughtUp?.()
    }
  }

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      wake = Promise.withResolvers<void>()
      try {
        await readOn()
      } catch (error) {
        if (!stopping.signal.aborted) logger.error({ err: error }, 'the policy log cannot be read')
      }
      const napping = new AbortController()
      const signal = AbortSignal.any([stopping.signal, napping.signal])
      await Promise.race([wake.promise, sleep(pollMs, undefined, { signal }).catch(() => {})])
      napping.abort()
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      wake.resolve()
      await unlisten()
      await running
    },
  }
}
