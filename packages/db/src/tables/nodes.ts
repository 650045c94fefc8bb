import type { ReplicaStatus } from '@packages/shared/replica-state'
import type { Generated } from 'kysely'
import type { GeneratedJson, GeneratedTimestamp, Timestamp } from './columns.ts'

/** `unknown`: not heard of yet. */
type NodeState = 'unknown' | 'up' | 'down' | 'refused'

export type NodesTable = {
  id: string
  name: string
  kind: 'embedded' | 'kubo' | 'cluster'
  network: Generated<'public' | 'private'>
  created_at: GeneratedTimestamp
  /** Copies on a `staging` node count for nothing. */
  role: Generated<'store' | 'staging'>
  url: string | null
  zone: Generated<string>
  /** What operators want of it. */
  intent: Generated<'active' | 'draining' | 'removed'>
  /** What was last heard of it. */
  state: Generated<NodeState>
  state_reason: string | null
  state_since: GeneratedTimestamp
  seen_at: Timestamp | null
  peer_id: string | null
  addresses: Generated<string[]>
  version: string | null
  capacity_bytes: number | null
  used_bytes: number | null
  /** What it says of its announcing. */
  provide_queued: number | null
  provide_lag_seconds: number | null
  labels: GeneratedJson
  /** Until then its garbage is collected, and nothing is pushed there: a lease. */
  gc_until: Timestamp | null
  gc_at: Timestamp | null
  gc_after: Timestamp | null
  /** Bytes of roots that were released there and not collected yet. */
  released_bytes: Generated<number>
  released_since: Timestamp | null
  /** It is emptied because the platform leaves it. */
  is_leaving: Generated<boolean>
  /** By an operator, and not by the settings. */
  is_added: Generated<boolean>
  /** The credentials of its RPC, of an added one. */
  token_sealed: Buffer | null
}

/** Who is pushing to a node now: a lease of each process. */
export type NodeWorkTable = { node_id: string; process_id: string; expires_at: Timestamp }

/** Pins of one node that are to go while their content lives, or that no row owns. */
export type NodeTombstonesTable = {
  node_id: string
  cid: string
  content_id: string | null
  reason: 'surplus' | 'drained' | 'orphan'
  created_at: GeneratedTimestamp
  due_at: GeneratedTimestamp
  waited_ms: Generated<number>
}

export type ReplicasTable = {
  content_id: string
  node_id: string
  status: ReplicaStatus
  pinned_at: Timestamp | null
  last_checked: Timestamp | null
  error: string | null
  /** Somebody else had pinned it there before: it counts, and is never unpinned by us. */
  is_foreign: Generated<boolean>
  attempts: Generated<number>
  next_try_at: Timestamp | null
  /** When the network was last told of it, and when that is due again. */
  announced_at: Timestamp | null
  announce_after: Timestamp | null
  /** When all of its blocks were read from the node and hashed. */
  verified_at: Timestamp | null
}

/** The work of fetching one content, however many wait for it. */
export type FetchesTable = {
  content_id: string
  state: Generated<'queued' | 'running' | 'waiting' | 'failed'>
  phase: 'searching' | 'fetching' | 'replicating' | null
  attempts: Generated<number>
  begun_at: GeneratedTimestamp
  node_id: string | null
  leased_by: string | null
  leased_until: Timestamp | null
  blocks: Generated<number>
  bytes: Generated<number>
  progress_at: Timestamp | null
  /** A list of `{ peerId, outcome }`. */
  providers: GeneratedJson
  error: string | null
  error_code: string | null
}

/** Whose turn it is; `due_at` is infinite while the content is fetched, and when it was given up. */
export type FetchQueueTable = {
  organization_id: string
  content_id: string
  due_at: GeneratedTimestamp
}

/** What an organization waits for that is not in its queue yet. */
export type FetchArrivalsTable = {
  organization_id: string
  id: Generated<number>
  content_ids: string[]
  wanted_at: GeneratedTimestamp
}

/** Of organizations that do not say. */
export type ReplicationDefaultTable = {
  singleton: Generated<boolean>
  copies_min: Generated<number>
  copies_max: Generated<number>
}

export type PinNodesView = {
  pin_id: string
  organization_id: string
  node_id: string
  node_name: string
  status: ReplicasTable['status']
  pinned_at: Date | null
  last_checked: Date | null
  error: string | null
}
