import type { z } from 'zod'
import { type ChallengeFor, PASSKEY_CHALLENGE_SECONDS, type PasskeyChallenges } from './passkey-challenges.ts'
import { type RelyingParty, requireRelyingParty } from './relying-party.ts'
import type { requestOptionsSchema } from './schemas.ts'

export type RequestOptionsDeps = { passkeyChallenges: PasskeyChallenges; relyingParty: RelyingParty | null }

/** What a browser needs to have a passkey sign; it names none. @throws HoldfastError `not_configured` */
export const requestOptions = (
  { passkeyChallenges, relyingParty }: RequestOptionsDeps,
  what: ChallengeFor,
): z.infer<typeof requestOptionsSchema> => ({
  challenge: Buffer.from(passkeyChallenges.make(what)).toString('base64url'),
  rpId: requireRelyingParty(relyingParty).id,
  timeout: PASSKEY_CHALLENGE_SECONDS * 1000,
  userVerification: 'required',
})
