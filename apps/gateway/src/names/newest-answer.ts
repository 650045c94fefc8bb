import { setTimeout as sleep } from 'node:timers/promises'
import { isNewer, type Verified } from '@packages/content/ipns/newest-record'

export type NewestAnswer = {
  best: Verified | undefined
  /** Somebody who could not be asked may have one. */
  isUnsure: boolean
}

export type NewestAnswerOptions = {
  /** How long others are waited for after the first that has one. */
  graceMs: number
  /** Told of a newer one that comes when nobody waits any more. */
  onLater(newer: Verified): void
}

/**
 * The newest record of all that are asked at once. One that fails hides nobody's answer, and one that is slow holds it up for a moment only.
 * @param asks undefined: has none. Each must end by itself.
 */
export const newestAnswer = async (
  asks: readonly Promise<Verified | undefined>[],
  { graceMs, onLater }: NewestAnswerOptions,
): Promise<NewestAnswer> => {
  let best: Verified | undefined
  let isUnsure = false
  let isAnswered = false
  const first = Promise.withResolvers<void>()
  const take = async (ask: Promise<Verified | undefined>): Promise<void> => {
    const answer = await ask.catch(() => null)
    if (answer === null) isUnsure = true
    if (answer === null || answer === undefined || !isNewer(answer, best)) return
    best = answer
    first.resolve()
    if (isAnswered) onLater(answer)
  }
  const grace = first.promise.then(() => sleep(graceMs, undefined, { ref: false }))
  await Promise.race([Promise.all(asks.map(take)), grace])
  isAnswered = true
  return { best, isUnsure }
}
