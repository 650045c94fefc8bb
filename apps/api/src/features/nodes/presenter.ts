import type { z } from 'zod'
import type { NodeRow } from './repository.ts'
import type { nodeSchema } from './schemas.ts'

/** The address of its RPC stays here: it is the way to its credentials' other end. */
export const presentNode = (row: NodeRow): z.infer<typeof nodeSchema> => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  network: row.network,
  zone: row.zone,
  labels: row.labels as Record<string, string>,
  intent: row.intent,
  isAdded: row.is_added,
  state: row.state,
  reason: row.state_reason,
  stateSince: row.state_since.toISOString(),
  seenAt: row.seen_at?.toISOString() ?? null,
  peerId: row.peer_id,
  addresses: row.addresses,
  version: row.version,
  capacityBytes: row.capacity_bytes,
  usedBytes: row.used_bytes,
  releasedBytes: row.released_bytes,
  collectedAt: row.gc_at?.toISOString() ?? null,
  copies: row.copies,
})
