import { dataOf } from '@packages/api-client/create-client'
import { client } from './client'
import { isSignedOut } from './explain'

export type Visibility = 'public' | 'private'
export type Me = {
  email: string
  /** What they act in, where they own it. */
  owned: { id: string; name: string } | null
  /** What uploads become in this organization, unless they say. */
  defaultVisibility: Visibility
}

/** Who is signed in, or `null` for nobody. */
export const readMe = async (signal: AbortSignal): Promise<Me | null> => {
  try {
    const { user, organizationId, organizations } = await dataOf(client().GET('/api/v1/auth/me', { signal }))
    const own = organizations.find(({ id }) => id === organizationId)
    const owned = own?.role === 'owner' ? { id: own.id, name: own.name } : null
    return { email: user.email, owned, defaultVisibility: own?.defaultVisibility ?? 'public' }
  } catch (error) {
    if (isSignedOut(error)) return null
    throw error
  }
}
