import { openColumn, type SealedPlace } from '@packages/db/sealed-columns'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { MasterKey } from '@packages/runtime/master-key'
import { lockTimeMs } from './lock-time.ts'
import { takeRecoveryCode } from './recovery-codes.ts'
import { stepOfCode } from './totp.ts'

/** A code of the authenticator app, or one of those that were written down. */
export type SecondFactorProof = { code: string } | { recoveryCode: string }

/** `none`: the user has no second factor (any more). `locked`: too many wrong ones came before. */
export type Verdict = { is: 'right' } | { is: 'wrong' } | { is: 'none' } | { is: 'locked'; forMs: number }

/** Ties sealed bytes to their row. */
export const totpSecretPlace = (userId: string): SealedPlace => ({
  column: 'two_factors.secret_sealed',
  row: userId,
  tenant: null,
})

/** What is sealed, its last step and its lock; others who try a code of this user wait until the transaction ends. */
const lockFactor = (uow: UnitOfWorkContext, userId: string) =>
  uow.tx
    .selectFrom('two_factors')
    .where('user_id', '=', userId)
    .select(['secret_sealed', 'last_step', 'failures', 'locked_until', 'confirmed_at'])
    .forUpdate()
    .executeTakeFirst()

type Tried = { masterKey: Pick<MasterKey, 'open'>; userId: string; proof: SecondFactorProof }

/**
 * Tries a code of a user's second factor, once for all who send it at the same time, and counts wrong ones. The verdict is returned, not
 * thrown, so that the count is committed. Recovery codes are too long to be guessed: they work while the app's are locked.
 */
export const takeSecondFactor = async (uow: UnitOfWorkContext, tried: Tried): Promise<Verdict> => {
  const { userId, proof } = tried
  const factor = await lockFactor(uow, userId)
  if (factor === undefined || factor.confirmed_at === null) return { is: 'none' }
  if ('recoveryCode' in proof) {
    const isTaken = await takeRecoveryCode(uow, userId, proof.recoveryCode)
    note(uow, userId, isTaken ? 'mfa.recovery-code-used' : 'mfa.refused')
    return { is: isTaken ? 'right' : 'wrong' }
  }
  return takeAppCode(uow, tried, { ...factor, code: proof.code })
}

/** The first code of an app that was just set up. `none`: there is nothing to confirm. */
export const takeFirstCode = async (
  uow: UnitOfWorkContext,
  { masterKey, userId, code }: Omit<Tried, 'proof'> & { code: string },
): Promise<Verdict> => {
  const factor = await lockFactor(uow, userId)
  if (factor === undefined || factor.confirmed_at !== null) return { is: 'none' }
  return takeAppCode(uow, { masterKey, userId }, { ...factor, code })
}

const note = (uow: UnitOfWorkContext, userId: string, kind: 'mfa.recovery-code-used' | 'mfa.refused'): void =>
  uow.record({ kind, organizationId: null, actorId: userId, subject: userId, payload: {} })

type Factor = { secret_sealed: Buffer; last_step: number; failures: number; locked_until: Date | null; code: string }

const takeAppCode = async (
  uow: UnitOfWorkContext,
  { masterKey, userId }: Omit<Tried, 'proof'>,
  factor: Factor,
): Promise<Verdict> => {
  const now = Date.now()
  const forMs = (factor.locked_until?.getTime() ?? 0) - now
  if (forMs > 0) return { is: 'locked', forMs }
  const secret = openColumn(masterKey, totpSecretPlace(userId), factor.secret_sealed)
  const step = stepOfCode(secret, factor.code, now)
  const isRight = step !== undefined && step > factor.last_step
  const failures = isRight ? 0 : factor.failures + 1
  const lockMs = lockTimeMs(failures)
  await uow.tx
    .updateTable('two_factors')
    .set({
      failures,
      locked_until: lockMs === 0 ? null : new Date(now + lockMs),
      ...(isRight ? { last_step: step } : {}),
    })
    .where('user_id', '=', userId)
    .execute()
  if (!isRight) note(uow, userId, 'mfa.refused')
  return { is: isRight ? 'right' : 'wrong' }
}
