import type { ErrorCode } from '@packages/shared/error-catalogue'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from './actor.ts'
import { type Action, type Decision, decide, type Resource } from './can.ts'
import { PERMISSIONS } from './permissions.ts'

const CODES: Record<Exclude<Decision, 'allowed'>, ErrorCode> = {
  hidden: 'not_found',
  forbidden: 'forbidden',
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
  const detail = decision === 'insufficient_scope' ? `This needs the scope ${PERMISSIONS[action].scope}.` : undefined
  throw new HoldfastError(CODES[decision], detail === undefined ? {} : { detail })
}
