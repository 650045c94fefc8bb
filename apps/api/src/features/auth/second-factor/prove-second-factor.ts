import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { MasterKey } from '@packages/runtime/master-key'
import type { Actor } from '../../../authorization/actor.ts'
import { type OwnAccount, ownAccount, type OwnAccountDeps, provePassword } from '../addresses/own-account.ts'
import { refusalOf } from './refusal-of.ts'
import { type SecondFactorProof, takeSecondFactor } from './take-second-factor.ts'

export type ProveSecondFactorDeps = OwnAccountDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  masterKey: Pick<MasterKey, 'open'>
}

export type PasswordAndProof = { password: string; proof: SecondFactorProof; ipAddress: string }

type Proof = Pick<PasswordAndProof, 'proof' | 'ipAddress'>

/**
 * Makes a change to the second factor of who is signed in and shows both factors again. The code is taken in the change's own
 * transaction; wrong ones count like those of a sign-in.
 * @throws HoldfastError `forbidden`, `invalid_credentials`, `invalid_code`, `rate_limited`, `not_found`, `unavailable`
 */
export const withSecondFactor = async <T>(
  deps: ProveSecondFactorDeps,
  actor: Actor,
  { password, proof, ipAddress }: PasswordAndProof,
  change: (uow: UnitOfWorkContext, account: OwnAccount) => Promise<T>,
): Promise<T> => {
  const account = await ownAccount(deps, actor)
  await provePassword(deps, account, { password, ipAddress })
  return withCode(deps, account, { proof, ipAddress }, (uow) => change(uow, account))
}

/** The same for somebody who has proved the password already. @throws HoldfastError `invalid_code`, `rate_limited`, `not_found`, `unavailable` */
export const withCode = async <T>(
  deps: Omit<ProveSecondFactorDeps, 'passwords'>,
  { email, userId }: Pick<OwnAccount, 'email' | 'userId'>,
  { proof, ipAddress }: Proof,
  change: (uow: UnitOfWorkContext) => Promise<T>,
): Promise<T> => {
  const { outcome } = await deps.signInLimit.guard({ email, ipAddress }, async () => {
    const { result } = await deps.db.unitOfWork.run(async (uow) => {
      const verdict = await takeSecondFactor(uow, { masterKey: deps.masterKey, userId, proof })
      return verdict.is === 'right' ? { value: await change(uow) } : verdict
    })
    return { wrong: 'is' in result && result.is === 'wrong', outcome: result }
  })
  if ('is' in outcome) throw refusalOf(outcome)
  return outcome.value
}
