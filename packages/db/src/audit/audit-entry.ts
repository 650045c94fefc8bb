import type { AuditCredential, AuditTrail } from '@packages/runtime/audit-trail'
import type { DomainEvent, EventKind } from '@packages/shared/events'

/** One thing that somebody did or was refused, before it becomes a row. */
export type AuditEntry = {
  userId: string | null
  credential: AuditCredential
  organizationId: string | null
  /** An event's kind (`file.uploaded`) or, for what left no event, the operation's name (`deleteFiles`). */
  action: string
  resourceKind: string
  resourceId: string | null
  result: 'allowed' | 'refused'
  code: string | null
  status: number | null
  repeats: number
  requestId: string | null
  address: string | null
  userAgent: string | null
}

/** What the platform finds out or does by itself: facts about content, which nobody is answerable for. */
const NOT_AUDITED: ReadonlySet<EventKind> = new Set([
  'pin.status-changed',
  'content.released',
  'content.quarantined',
  'store.misfit',
  'block.damaged',
  'block.healed',
  'ipns.ending',
])

/** Pure: what the audit log keeps of an event. The payload stays out: it may name things, and the log cannot forget. */
export const auditEntryOf = (event: DomainEvent, trail: AuditTrail | null): AuditEntry | undefined => {
  if (NOT_AUDITED.has(event.kind)) return undefined
  return {
    userId: event.actorId ?? trail?.userId ?? null,
    credential: trail?.credential ?? 'platform',
    organizationId: event.organizationId ?? trail?.organizationId ?? null,
    action: event.kind,
    resourceKind: event.kind.split('.', 1)[0] ?? event.kind,
    resourceId: event.subject,
    result: 'allowed',
    code: null,
    status: null,
    repeats: 1,
    requestId: trail?.requestId ?? null,
    address: trail?.address ?? null,
    userAgent: trail?.userAgent ?? null,
  }
}
