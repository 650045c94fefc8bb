import type { AuditTrail } from '@packages/runtime/audit-trail'
import type { ReplicationWish } from '@packages/shared/replication'
import type { PinRow } from '../tables.ts'
import type { FetchTold } from './pin-info.ts'

/** A pin as it was written. */
export type InsertedPin = Pick<
  PinRow,
  | 'id'
  | 'cid'
  | 'name'
  | 'status'
  | 'created_at'
  | 'pinned_at'
  | 'meta'
  | 'info'
  | 'origins'
  | 'psa_status'
  | 'replication_min'
  | 'replication_max'
  | 'zones'
  | 'group_id'
  | 'expires_at'
> & { /** With microseconds. */ created: string; dag_size: number | null; fetch: FetchTold | null }

/** A root that was taken for this pin, and what it holds. */
export type AdoptedRoot = { contentId: string; dagSize: number; blocks: number }

export type NewPinRow = {
  organizationId: string
  userId: string
  realm: string
  /** As the caller gave it. */
  cid: string
  canonical: string
  name: string | null
  meta: Record<string, unknown>
  /** Peers that are said to have it, as multiaddrs. */
  origins?: readonly string[]
  /** Of the organization; null: none. */
  groupId?: string | null
  /** What it does not say follows from its group's or the organization's default. */
  replication?: ReplicationWish | undefined
  /** When it goes by itself; null: never. */
  expiresAt?: Date | null
  nodeId: string
  adopted: AdoptedRoot | undefined
  /** Bytes that the same transaction gives back: those of the pin that this one replaces. */
  credit?: number
  /** Of the request that brings it; the one being worked on by default. */
  trail?: AuditTrail | null
  /** false: the request stands in the audit log for all of its pins. */
  audited?: boolean
}
