import { HoldfastError } from '@packages/shared/holdfast-error'
import { authorize } from '../authorization/authorize.ts'
import type { Authenticator } from '../plugins/authenticate/authenticator.ts'
import type { OpenRequest } from './open-requests.ts'

export type { OpenRequest } from './open-requests.ts'

/** Why a request that runs may not go on, in the words of a request that would come now; undefined: it may. */
export const reviewRequest = async (
  authenticator: Pick<Authenticator, 'again'>,
  { actor, action }: OpenRequest,
): Promise<HoldfastError | undefined> => {
  try {
    authorize(await authenticator.again(actor), action)
    return undefined
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
}
