import { client, unwrap } from './client'
import { ApiProblem } from './problem'

export type Me = { email: string }

/** Who is signed in, or `null` for nobody. */
export const readMe = async (signal: AbortSignal): Promise<Me | null> => {
  try {
    const { user } = await unwrap(client.GET('/api/v1/auth/me', { signal }))
    return { email: user.email }
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null
    throw error
  }
}
