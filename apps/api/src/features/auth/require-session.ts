import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'

export type SignedIn = { userId: string; sessionId: string }

/** Who may change how they sign in: a person with a session, never a program with a key. @throws HoldfastError `forbidden` */
export const requireSession = (actor: Actor): SignedIn => {
  const { userId, sessionId } = actor
  if (sessionId === undefined) throw new HoldfastError('forbidden', { detail: 'Sign in: an API key cannot do this.' })
  return { userId, sessionId }
}
