import { client, unwrap } from './client'

/** Makes the first administrator. @throws ApiProblem `invalid_token`, `setup_closed`, `invalid_request` with its fields */
export const setUp = async (body: { token: string; email: string; password: string; name: string }): Promise<void> => {
  const { token, email, password, name } = body
  await unwrap(client.POST('/api/v1/setup', { body: { token, email, password, name } }))
}
