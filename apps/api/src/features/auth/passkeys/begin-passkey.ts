import { generateRegistrationOptions } from '@simplewebauthn/server'
import type { Database } from '@packages/db/open-database'
import type { z } from 'zod'
import type { MasterKey } from '@packages/runtime/master-key'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../../authorization/actor.ts'
import { ownAccount } from '../addresses/own-account.ts'
import { type IdentityInput, proveIdentity, type ProveIdentityDeps } from '../confirmation/prove-identity.ts'
import { hasSecondFactor } from '../second-factor/has-second-factor.ts'
import { withCode } from '../second-factor/prove-second-factor.ts'
import type { SecondFactorProof } from '../second-factor/take-second-factor.ts'
import { PASSKEY_CHALLENGE_SECONDS, type PasskeyChallenges } from './passkey-challenges.ts'
import { requireRelyingParty, type RelyingParty } from './relying-party.ts'
import type { creationOptionsSchema } from './schemas.ts'
import { userHandle } from './user-handle.ts'
import { ALGORITHMS } from './verify-credential.ts'

export const MAX_PASSKEYS = 20

export type BeginPasskeyDeps = ProveIdentityDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  masterKey: Pick<MasterKey, 'open'>
  passkeyChallenges: PasskeyChallenges
  relyingParty: RelyingParty | null
}

export type ShownAgain = IdentityInput & { proof: SecondFactorProof | undefined }

/**
 * What a browser needs to make a passkey. A passkey signs in by itself, so that whoever adds one shows all that signing in takes: the
 * password (or a confirmation), and the second factor where there is one. The challenge is good in this session alone.
 * @throws HoldfastError `forbidden`, `not_configured`, `invalid_credentials`, `second_factor_required`, `invalid_code`, `rate_limited`, `conflict` (too many)
 */
export const beginPasskey = async (
  deps: BeginPasskeyDeps,
  actor: Actor,
  { identity, proof, ipAddress }: ShownAgain,
): Promise<z.infer<typeof creationOptionsSchema>> => {
  const party = requireRelyingParty(deps.relyingParty)
  const account = await ownAccount(deps, actor)
  const proven = await proveIdentity(deps, account, { identity, ipAddress })
  const { userId, sessionId, email } = account
  if (proven.shown === 'password' && (await hasSecondFactor(deps.db.kysely, userId))) {
    if (proof === undefined) throw new HoldfastError('second_factor_required')
    await withCode(deps, account, { proof, ipAddress }, proven.use)
  } else await deps.db.unitOfWork.run(proven.use)
  const known = await deps.db.kysely
    .selectFrom('passkeys')
    .where('user_id', '=', userId)
    .select('credential_id')
    .execute()
  requireRoom(known.length)
  const { rp, user, challenge, timeout, pubKeyCredParams } = await generateRegistrationOptions({
    rpName: party.name,
    rpID: party.id,
    userID: userHandle(userId),
    userName: email,
    challenge: deps.passkeyChallenges.make(`session ${sessionId}`),
    timeout: PASSKEY_CHALLENGE_SECONDS * 1000,
    supportedAlgorithmIDs: ALGORITHMS,
  })
  const type = 'public-key' as const
  return {
    rp: { id: party.id, name: rp.name },
    user: { ...user, displayName: email },
    challenge,
    pubKeyCredParams: pubKeyCredParams.map(({ alg }) => ({ alg, type })),
    timeout: timeout ?? PASSKEY_CHALLENGE_SECONDS * 1000,
    attestation: 'none',
    excludeCredentials: known.map(({ credential_id }) => ({ id: credential_id.toString('base64url'), type })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
  }
}

/** @throws HoldfastError `conflict` */
export const requireRoom = (many: number): void => {
  if (many < MAX_PASSKEYS) return
  throw new HoldfastError('conflict', { detail: `An account has ${MAX_PASSKEYS} passkeys at most: remove one.` })
}
