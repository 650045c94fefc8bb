import { dataOf } from '@packages/api-client/create-client'
import { client } from './client'

/** Whether there is an administrator, and where the gateway is. */
export const readSetup = (signal: AbortSignal) => dataOf(client().GET('/api/v1/setup', { signal }))

/** Makes the first administrator. @throws ApiProblem `invalid_token`, `setup_closed`, `invalid_request` with its fields */
export const setUp = async (body: { token: string; email: string; password: string; name: string }): Promise<void> => {
  const { token, email, password, name } = body
  await dataOf(client().POST('/api/v1/setup', { body: { token, email, password, name } }))
}
