import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { type OwnAccount, type OwnAccountDeps, provePassword } from '../addresses/own-account.ts'
import type { Shown } from '../sessions.ts'
import { type Confirmations, notConfirmed, takeConfirmation } from './confirmations.ts'

export type ProveIdentityDeps = OwnAccountDeps & { confirmations: Pick<Confirmations, 'shownBy'> }

/** What somebody who is signed in shows once more before a change that cannot be taken back. */
export type Identity = { password: string } | { confirmation: string }

export type IdentityInput = { identity: Identity; ipAddress: string }

export type ProvenIdentity = {
  shown: Shown
  /** To be called in the transaction of the change: a confirmation is used up with it, and by nothing that fails. */
  use(uow: UnitOfWorkContext): Promise<void>
}

/**
 * Has a person who is signed in prove who they are again: by the password, or, where there is none, by a confirmation.
 * @throws HoldfastError `invalid_credentials`, `rate_limited`, `unavailable`
 */
export const proveIdentity = async (
  deps: ProveIdentityDeps,
  account: OwnAccount,
  { identity, ipAddress }: IdentityInput,
): Promise<ProvenIdentity> => {
  if ('password' in identity) {
    await provePassword(deps, account, { password: identity.password, ipAddress })
    return { shown: 'password', use: async () => {} }
  }
  const { confirmation } = identity
  const shown = deps.confirmations.shownBy(confirmation, account.sessionId)
  if (shown === undefined) throw notConfirmed()
  return { shown, use: (uow) => takeConfirmation(uow, confirmation) }
}
