import { HoldfastError } from '@packages/shared/holdfast-error'
import { authorize } from '../authorization/authorize.ts'
import type { Authenticator } from '../plugins/authenticate/authenticator.ts'
import type { RunningUpload } from './open-uploads.ts'

/** Why an upload may not go on, in the words of a request that would come now; undefined: it may. */
export const reviewUpload = async (
  authenticator: Pick<Authenticator, 'again'>,
  { actor, action }: RunningUpload,
): Promise<HoldfastError | undefined> => {
  try {
    authorize(await authenticator.again(actor), action)
    return undefined
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
}
