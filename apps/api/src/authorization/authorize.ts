import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from './actor.ts'
import { type Action, type Resource, decide } from './can.ts'

/**
 * Lets the call through or throws what the caller may know: 401 without a credential, 404 across tenants, 403 otherwise.
 * Every feature verb calls it first.
 */
export function authorize(actor: Actor | null, action: Action, resource: Resource = {}): asserts actor is Actor {
  if (actor === null) throw new HoldfastError('unauthenticated')
  const decision = decide(actor, action, resource)
  if (decision === 'allowed') return
  if (decision === 'hidden') throw new HoldfastError('not_found')
  if (decision === 'insufficient_scope')
    throw new HoldfastError('insufficient_scope', { detail: `This needs the scope ${action}.` })
  throw new HoldfastError('forbidden')
}
