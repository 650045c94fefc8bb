/** Kinds of domain events in the outbox `events`; written only by `uow.record(event)`. */
export const EVENT_KINDS = [
  'platform.set-up',
  'user.created',
  'user.registered',
  'user.email-verified',
  'user.email-changed',
  'user.password-changed',
  'user.password-reset',
  'invitation.created',
  'invitation.resent',
  'invitation.revoked',
  'invitation.accepted',
  'session.created',
  'session.revoked',
  'mfa.enabled',
  'mfa.disabled',
  'mfa.reset',
  'mfa.refused',
  'mfa.recovery-code-used',
  'mfa.recovery-codes-replaced',
  'signing-key.created',
  'signing-key.retired',
  'master-key.created',
  'master-key.retired',
  'api-key.created',
  'api-key.revoked',
  'api-key.rotated',
  'link.created',
  'link.revoked',
  'file.uploaded',
  'file.deleted',
  'file.visibility-changed',
  'pin.created',
  'pin.status-changed',
  'pin.deleted',
  'content.released',
  'content.quarantined',
  'store.misfit',
  'store.accepted',
  'upload.created',
  'upload.terminated',
  'import.kept',
  'import.deleted',
  'block.damaged',
  'block.healed',
  'plan.changed',
  'plan.deleted',
  'organization.created',
  'organization.plan-changed',
  'organization.renamed',
  'organization.default-visibility-changed',
  'organization.suspended',
  'organization.frozen',
  'organization.restored',
  'member.added',
  'member.role-changed',
  'member.removed',
  'member.left',
  'erasure.requested',
  'erasure.finished',
  'organization.imported',
] as const

export type EventKind = (typeof EVENT_KINDS)[number]

/** One change worth telling: `subject` is the row's id, `payload` holds no secret. */
export type DomainEvent = {
  kind: EventKind
  organizationId: string | null
  actorId: string | null
  subject: string
  payload: Record<string, unknown>
}
