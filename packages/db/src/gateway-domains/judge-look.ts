/** What one look at a domain's DNS has told of one row. */
export type Look = 'proven' | 'no-record' | 'other-record' | 'look-up-failed'

/** How a domain stands, by all looks so far. */
export type Standing = {
  /** Since when it is served; null: it is not. */
  verifiedAt: Date | null
  missedAt: Date | null
  failingSince: Date | null
  /** `held`: proven, and so is another gateway that serves it. */
  problem: Exclude<Look, 'proven'> | 'held' | null
}

/** A zone that is being written anew may be empty for a moment: two looks have to miss the record, this far apart at least. */
export const CONFIRM_MS = 5_000
/** Name servers that do not answer are no proof that a domain is somebody else's now, and no way to keep it for ever. */
export const MAX_FAILING_MS = 60 * 60_000

const isOver = (since: Date, at: Date, afterMs: number): boolean => at.getTime() - since.getTime() >= afterMs

/** Pure: which of the proofs in DNS is this row's. */
export const readLook = (proof: string, found: readonly string[] | null): Look => {
  if (found === null) return 'look-up-failed'
  if (found.includes(proof)) return 'proven'
  return found.length === 0 ? 'no-record' : 'other-record'
}

/** Pure: how a domain stands after one more look, which began at `at`. */
export const judgeLook = (was: Standing, look: Look, at: Date): Standing => {
  if (look === 'proven') return { verifiedAt: was.verifiedAt ?? at, missedAt: null, failingSince: null, problem: null }
  if (look === 'look-up-failed') {
    const failingSince = was.failingSince ?? at
    const ends = isOver(failingSince, at, MAX_FAILING_MS)
    return { ...was, verifiedAt: ends ? null : was.verifiedAt, failingSince, problem: look }
  }
  const missedAt = was.missedAt ?? at
  const ends = isOver(missedAt, at, CONFIRM_MS)
  return { verifiedAt: ends ? null : was.verifiedAt, missedAt, failingSince: null, problem: look }
}

/** Pure: whether a look leaves everything as it is, so that nothing has to be written. */
export const saysNothingNew = ({ verifiedAt, missedAt, problem }: Standing, look: Look): boolean =>
  look === 'proven'
    ? verifiedAt !== null && missedAt === null && problem === null
    : verifiedAt === null && problem === look
