import { dataOf } from '@packages/api-client/create-client'
import { client } from './client'
import { isSignedOut } from './explain'

export type Me = { email: string }

/** Who is signed in, or `null` for nobody. */
export const readMe = async (signal: AbortSignal): Promise<Me | null> => {
  try {
    const { user } = await dataOf(client().GET('/api/v1/auth/me', { signal }))
    return { email: user.email }
  } catch (error) {
    if (isSignedOut(error)) return null
    throw error
  }
}
