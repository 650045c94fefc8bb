import { dataOf } from '@packages/api-client/create-client'
import { startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { client } from './client'
import { withPasskey } from './with-passkey'

/** Whether the account asks for a second factor. */
export const readSecondFactor = (signal: AbortSignal) => dataOf(client().GET('/api/v1/auth/mfa', { signal }))

/** What opens the account. */
export const readWays = (signal: AbortSignal) => dataOf(client().GET('/api/v1/auth/ways', { signal }))

/** @throws ApiProblem `conflict` when nothing else opens the account */
export const unlinkSingleSignOn = async (): Promise<void> => {
  await client().DELETE('/api/v1/auth/ways/single-sign-on')
}

/** Who somebody is, shown again: by the password, or by a confirmation where there is none. */
export type Identity = { password: string } | { confirmation: string }

/** A confirmation by a passkey of this browser's, which asks its user. @throws SignInRefused */
export const confirmByPasskey = async (): Promise<string> => {
  const optionsJSON = await dataOf(client().POST('/api/v1/auth/confirmations/challenge'))
  const credential = await withPasskey(() => startAuthentication({ optionsJSON }))
  const response = { ...credential.response, userHandle: credential.response.userHandle ?? '' }
  const body = { credential: { ...credential, response, clientExtensionResults: {} } }
  return (await dataOf(client().POST('/api/v1/auth/confirmations', { body }))).confirmation
}

/** Begins the erasure of the account. @returns the token of the receipt, shown once @throws ApiProblem `invalid_credentials`, `last_owner`, `conflict` */
export const eraseAccount = async (body: Identity & { confirm: string }): Promise<string> =>
  (await dataOf(client().POST('/api/v1/account/erasure', { body }))).receiptToken

/** A secret for an authenticator app. @throws ApiProblem `invalid_credentials`, `conflict` */
export const enrolTotp = (body: Identity) => dataOf(client().POST('/api/v1/auth/mfa/totp', { body }))

/** Turns it on. All other sessions end; this one goes on by another cookie. @throws ApiProblem `invalid_code` */
export const confirmTotp = async (code: string): Promise<string[]> =>
  (await dataOf(client().POST('/api/v1/auth/mfa/totp/confirm', { body: { code } }))).recoveryCodes

/** A code of the authenticator app, or a recovery code. */
export type SecondFactor = { code: string } | { recoveryCode: string }

/** Both factors, shown again for a change that matters. */
export type BothFactors = Identity & SecondFactor

/** @throws ApiProblem `invalid_credentials`, `invalid_code` */
export const renewRecoveryCodes = async (body: BothFactors): Promise<string[]> =>
  (await dataOf(client().POST('/api/v1/auth/mfa/recovery-codes', { body }))).recoveryCodes

/** @throws ApiProblem `invalid_credentials`, `invalid_code` */
export const disableSecondFactor = async (body: BothFactors): Promise<void> => {
  await client().POST('/api/v1/auth/mfa/disable', { body })
}

export const listPasskeys = async (signal: AbortSignal) =>
  (await dataOf(client().GET('/api/v1/auth/passkeys', { signal }))).passkeys

export type ListedPasskey = Awaited<ReturnType<typeof listPasskeys>>[number]

/** What adding one takes: who one is, and a code where the account has a second factor. */
export type PasskeyProof = Identity & (SecondFactor | object)

/** Has this browser make a passkey, which asks its user. @throws ApiProblem `invalid_credentials`, `invalid_code`, `conflict`; SignInRefused */
export const addPasskey = async ({ name, proof }: { name: string; proof: PasskeyProof }): Promise<void> => {
  const optionsJSON = await dataOf(client().POST('/api/v1/auth/passkeys/options', { body: proof }))
  const credential = await withPasskey(() => startRegistration({ optionsJSON }))
  await client().POST('/api/v1/auth/passkeys', {
    body: { name, credential: { ...credential, clientExtensionResults: {} } },
  })
}

export const renamePasskey = async ({ id, name }: { id: string; name: string }): Promise<void> => {
  await client().PATCH('/api/v1/auth/passkeys/{id}', { params: { path: { id } }, body: { name } })
}

export const removePasskey = async (id: string): Promise<void> => {
  await client().DELETE('/api/v1/auth/passkeys/{id}', { params: { path: { id } } })
}

export const listSessions = async (signal: AbortSignal) =>
  (await dataOf(client().GET('/api/v1/auth/sessions', { signal }))).sessions

export type ListedSession = Awaited<ReturnType<typeof listSessions>>[number]

export const revokeSession = async (id: string): Promise<void> => {
  await client().DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } })
}

export const revokeOtherSessions = async (): Promise<number> =>
  (await dataOf(client().DELETE('/api/v1/auth/sessions'))).revoked
