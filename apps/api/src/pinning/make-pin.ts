import { IdempotencyConflict } from '@packages/db/idempotency'
import { type InsertedPin, insertPin } from '@packages/db/pins/insert-pin'
import type { AfterPin, PinCommitter } from '@packages/db/pins/pin-committer'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ReplicationWish } from '@packages/shared/replication'
import type { DeniedContent } from '../content/denied-content.ts'
import type { Actor } from '../authorization/actor.ts'
import { giveBackRoots, type TakeRootsDeps, takeRoots } from './take-roots.ts'

export type MakePinDeps = TakeRootsDeps & {
  pinCommitter: Pick<PinCommitter, 'commit'>
  denied: Pick<DeniedContent, 'refuse'>
}

export type WantedPin = {
  /** As the caller gave it. */
  cid: string
  name: string | null
  meta: Record<string, unknown>
  origins?: readonly string[]
  replication?: ReplicationWish | undefined
  groupId?: string | null
  /** When it goes by itself. */
  expiresAt?: Date | null
}

/** What else belongs into the pin's transaction. */
export type MakePinSteps = {
  /** Before the pin is written; it has a transaction of its own then. @returns bytes that the transaction gives back, and what else it decides of the pin */
  before?: (
    uow: UnitOfWorkContext,
  ) => Promise<{ credit: number } & Pick<WantedPin, 'groupId' | 'replication' | 'expiresAt'>>
  after?: AfterPin | undefined
}

/**
 * Pins a CID for an organization. What is held here, as a root or as a part of one, is pinned at once; anything else is
 * queued and says why. Many at once share a transaction.
 * @throws HoldfastError `invalid_cid`, `unsupported_cid`, `content_denied`, `quota_exceeded`
 */
export const makePin = async (
  deps: MakePinDeps,
  actor: Actor,
  wanted: WantedPin,
  { before, after }: MakePinSteps = {},
): Promise<InsertedPin> => {
  const root = parseCid(wanted.cid)
  deps.denied.refuse(root)
  const canonical = canonicalCid(root)
  const { organizationId, userId } = actor
  const taken = await takeRoots(deps, [{ root, canonical }])
  const adopted = taken.get(canonical)
  const row = { ...wanted, organizationId, userId, realm: 'public', canonical, nodeId: deps.nodeId, adopted }
  try {
    if (before === undefined) return await deps.pinCommitter.commit(row, after)
    const { result } = await deps.db.unitOfWork.run(async (uow) => {
      const pin = await insertPin(uow, { ...row, ...(await before(uow)) })
      await after?.(uow, pin)
      return pin
    })
    return result
  } catch (error) {
    if (isRefusal(error)) await giveBackRoots(deps, taken)
    throw error
  } finally {
    if (adopted !== undefined) deps.store.settle(adopted.contentId)
  }
}

/** Failures that say for certain that nothing was committed. */
const isRefusal = (error: unknown): boolean => error instanceof HoldfastError || error instanceof IdempotencyConflict
