import { setTimeout as sleep } from 'node:timers/promises'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { LogPosition, PolicyEntry } from '@packages/shared/policy-log'
import type { Database } from '../open-database.ts'
import { POLICY_CHANNEL } from './policy-channel.ts'
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

const SOON_MS = 5
/** Uploads add entries a hundred times a second; a look for each would cost as much as the uploads (ADR 0018). */
const GAP_MS = 20

/** Follows the policy log: woken by NOTIFY at commit, and by a poll. Database errors are logged and tried again. */
export const tailPolicyLog = async (
  db: Pick<Database, 'kysely' | 'listen'>,
  options: PolicyTailOptions,
): Promise<PolicyTail> => {
  const { onEntries, logger, batchSize = 500, pollMs = 250 } = options
  const stopping = new AbortController()
  let wake = Promise.withResolvers<boolean>()
  const unlisten = await db.listen(POLICY_CHANNEL, () => wake.resolve(true))
  let position = options.from

  const readOn = async (): Promise<boolean> => {
    for (let found = false; ; found = true) {
      const read = await readPolicyLog(db.kysely, position, batchSize)
      const last = read.at(-1)
      if (last) {
        const entries = read.flatMap(({ entry }) => (entry ? [entry] : []))
        if (entries.length < read.length)
          logger.warn({ position: last.position }, 'the policy log has entries of a kind that is not known here')
        await onEntries(entries, last.position)
        position = last.position
      }
      if (read.length === batchSize) continue
      options.onCaughtUp?.()
      return found || last !== undefined
    }
  }

  const run = async (): Promise<void> => {
    let nap = pollMs
    while (!stopping.signal.aborted) {
      wake = Promise.withResolvers<boolean>()
      const looked = performance.now()
      try {
        if (await readOn()) nap = pollMs
      } catch (error) {
        if (!stopping.signal.aborted) logger.error({ err: error }, 'the policy log cannot be read')
      }
      const napping = new AbortController()
      const signal = AbortSignal.any([stopping.signal, napping.signal])
      const woken = await Promise.race([wake.promise, sleep(nap, false, { signal }).catch(() => false)])
      napping.abort()
      const early = GAP_MS - (performance.now() - looked)
      if (woken && early > 0) await sleep(early, undefined, { signal: stopping.signal }).catch(() => undefined)
      // A commit that woke us may still be hidden by an older transaction: look again soon, then less and less often.
      nap = woken ? SOON_MS : Math.min(nap * 2, pollMs)
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      wake.resolve(false)
      await unlisten()
      await running
    },
  }
}
