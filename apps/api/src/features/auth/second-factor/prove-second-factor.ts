import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { MasterKey } from '@packages/runtime/master-key'
import type { Actor } from '../../../authorization/actor.ts'
import { type OwnAccount, ownAccount } from '../addresses/own-account.ts'
import { type IdentityInput, proveIdentity, type ProveIdentityDeps } from '../confirmation/prove-identity.ts'
import { refusalOf } from './refusal-of.ts'
import { type SecondFactorProof, takeSecondFactor } from './take-second-factor.ts'

export type ProveSecondFactorDeps = ProveIdentityDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  masterKey: Pick<MasterKey, 'open'>
}

export type BothFactors = IdentityInput & { proof: SecondFactorProof }

type Proof = Pick<BothFactors, 'proof' | 'ipAddress'>

/**
 * Makes a change to the second factor of who is signed in and shows both factors again. The code is taken in the change's own
 * transaction; wrong ones count like those of a sign-in.
 * @throws HoldfastError `forbidden`, `invalid_credentials`, `invalid_code`, `rate_limited`, `not_found`, `unavailable`
 */
export const withSecondFactor = async <T>(
  deps: ProveSecondFactorDeps,
  actor: Actor,
  { identity, proof, ipAddress }: BothFactors,
  change: (uow: UnitOfWorkContext, account: OwnAccount) => Promise<T>,
): Promise<T> => {
  const account = await ownAccount(deps, actor)
  const proven = await proveIdentity(deps, account, { identity, ipAddress })
  return withCode(deps, account, { proof, ipAddress }, async (uow) => {
    await proven.use(uow)
    return change(uow, account)
  })
}

/** The same for somebody who has proved who they are already. @throws HoldfastError `invalid_code`, `rate_limited`, `not_found`, `unavailable` */
export const withCode = async <T>(
  deps: Omit<ProveSecondFactorDeps, 'passwords' | 'confirmations'>,
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
