import type { ErrorCode } from '@packages/shared/error-catalogue'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from './actor.ts'
import { type Action, type Decision, decide, type Resource } from './can.ts'
import { PERMISSIONS } from './permissions.ts'

const CODES: Record<Exclude<Decision, 'allowed'>, ErrorCode> = {
  hidden: 'not_found',
  forbidden: 'forbidden',
  session_only: 'forbidden',
  insufficient_scope: 'insufficient_scope',
  read_only: 'organization_read_only',
  suspended: 'organization_suspended',
}

/**
 * Lets the call through or throws what the caller may know: 401 without a credential, 404 across tenants, 403 otherwise.
 * Every feature verb calls it first.
 */
export function authorize(actor: Actor | null, action: Action, resource: Resource = {}): asserts actor is Actor {
  if (actor === null) throw new HoldfastError('unauthenticated')
  const decision = decide(actor, action, resource)
  if (decision === 'allowed') return
  const detail = detailOf(decision, action)
  throw new HoldfastError(CODES[decision], detail === undefined ? {} : { detail })
}

/** What to change, where the caller can. */
const detailOf = (decision: Decision, action: Action): string | undefined => {
  if (decision === 'insufficient_scope') return `This needs the scope ${PERMISSIONS[action].scope}.`
  return decision === 'session_only' ? 'Only a person who is signed in may do this, not an API key.' : undefined
}
