import { dataOf } from '@packages/api-client/create-client'
import { client } from './client'
import type { SecondFactor } from './sign-in'

/** Whether the account asks for a second factor. */
export const readSecondFactor = (signal: AbortSignal) => dataOf(client().GET('/api/v1/auth/mfa', { signal }))

/** A secret for an authenticator app. @throws ApiProblem `invalid_credentials`, `conflict` */
export const enrolTotp = (password: string) => dataOf(client().POST('/api/v1/auth/mfa/totp', { body: { password } }))

/** Turns it on. All other sessions end; this one goes on by another cookie. @throws ApiProblem `invalid_code` */
export const confirmTotp = async (code: string): Promise<string[]> =>
  (await dataOf(client().POST('/api/v1/auth/mfa/totp/confirm', { body: { code } }))).recoveryCodes

/** Both factors, shown again for a change that matters. */
export type BothFactors = { password: string } & SecondFactor

/** @throws ApiProblem `invalid_credentials`, `invalid_code` */
export const renewRecoveryCodes = async (body: BothFactors): Promise<string[]> =>
  (await dataOf(client().POST('/api/v1/auth/mfa/recovery-codes', { body }))).recoveryCodes

/** @throws ApiProblem `invalid_credentials`, `invalid_code` */
export const disableSecondFactor = async (body: BothFactors): Promise<void> => {
  await client().POST('/api/v1/auth/mfa/disable', { body })
}

export const listSessions = async (signal: AbortSignal) =>
  (await dataOf(client().GET('/api/v1/auth/sessions', { signal }))).sessions

export type ListedSession = Awaited<ReturnType<typeof listSessions>>[number]

export const revokeSession = async (id: string): Promise<void> => {
  await client().DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } })
}

export const revokeOtherSessions = async (): Promise<number> =>
  (await dataOf(client().DELETE('/api/v1/auth/sessions'))).revoked
