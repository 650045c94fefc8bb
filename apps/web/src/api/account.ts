import { dataOf } from '@packages/api-client/create-client'
import { client } from './client'

export const forgotPassword = async (email: string): Promise<void> => {
  await dataOf(client().POST('/api/v1/auth/password/forgot', { body: { email } }))
}

/** @throws ApiProblem `link_expired`, `weak_password` */
export const resetPassword = async (body: { token: string; password: string }): Promise<void> => {
  await client().POST('/api/v1/auth/password/reset', { body })
}

export const register = async (body: { email: string; name: string }): Promise<void> => {
  await dataOf(client().POST('/api/v1/auth/register', { body }))
}

/** @throws ApiProblem `link_expired`, `weak_password`, `already_exists` */
export const completeRegistration = async (body: { token: string; password: string }): Promise<void> => {
  await dataOf(client().POST('/api/v1/auth/register/complete', { body }))
}

/** @throws ApiProblem `link_expired` */
export const confirmEmail = async (token: string): Promise<void> => {
  await client().POST('/api/v1/auth/email/confirm', { body: { token } })
}

/** What a link invites to. @throws ApiProblem `link_expired` */
export const readInvitation = (token: string) => dataOf(client().POST('/api/v1/auth/invitation', { body: { token } }))

/** As who is signed in, or with name and password for a new account. */
export const acceptInvitation = async (body: { token: string; name?: string; password?: string }): Promise<void> => {
  await dataOf(client().POST('/api/v1/auth/invitation/accept', { body }))
}
