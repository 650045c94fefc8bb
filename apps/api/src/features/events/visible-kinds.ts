import { EVENT_KINDS, type EventKind } from '@packages/shared/events'
import type { Actor } from '../../authorization/actor.ts'
import { type Action, can } from '../../authorization/can.ts'

/** What a caller must be allowed to read, to be told of changes to it. What has no line is told to nobody. */
const READING: Record<string, Action> = {
  file: 'files:read',
  upload: 'files:read',
  import: 'files:read',
  link: 'links:read',
  pin: 'pins:read',
  organization: 'organization:read',
  member: 'members:read',
  invitation: 'members:read',
  gateway: 'gateways:read',
  group: 'groups:read',
  ipns: 'ipns:read',
  'api-key': 'audit-log:read',
}

/** Pure: the kinds of events that a caller may be told of. */
export const visibleKinds = (actor: Actor): EventKind[] =>
  EVENT_KINDS.filter((kind) => {
    const action = READING[kind.slice(0, kind.indexOf('.'))]
    return action !== undefined && can(actor, action)
  })
