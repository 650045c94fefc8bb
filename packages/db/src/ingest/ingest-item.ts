import type { AuditTrail } from '@packages/runtime/audit-trail'
import type { FileRow, NewRow, PinRow } from '../tables.ts'

/** One finished upload: its blocks are durable in the store under `contentId`, its rows are not written yet. */
export type IngestItem = {
  organizationId: string
  userId: string
  /** A new UUIDv7, the root's owner in the store; dead for ever once the item is refused. */
  contentId: string
  realm: 'public' | 'private'
  /** As produced (v0 for the profile unixfs-v0-2015). */
  cid: string
  /** v1, base32; of a private root the list of its ciphertexts. */
  canonicalCid: string
  /** What nodes pin of a private root; without it the own store alone has it, and no policy of copies applies. */
  nodeCid?: string
  /** Bytes of all blocks of the DAG, and their number. */
  dagSize: number
  blocks: number
  /** The node whose store holds the blocks. */
  nodeId: string
  /** Other nodes that have confirmed that they hold it, just now. */
  copies?: readonly string[]
  file: {
    id: string
    name: string
    contentType: string
    size: number
    metadata: Record<string, unknown>
    /** `file` by default. */
    kind?: FileRow['kind']
  }
  pin: { id: string; name?: string | null; meta?: Record<string, unknown> }
  /** Of the organization, for pin and file; null: none. What `finishes` something is in none where it has gone; what `replaces` a pin is where that was. */
  groupId?: string | null
  idempotency?: IngestIdempotency
  /** Of the request that brings it; the one being worked on by default. */
  trail?: AuditTrail | null
  /** A resumable upload that is finished by this: its row says so in the same transaction, and only once. */
  finishes?: { table: 'uploads' | 'upload_folders'; id: string }
  /** Of a private root, whose names here are sealed. `pinCid`: the CID as the pin's row has it. */
  sealed?: SealedFacts
  /** A pin of the organization that goes with its file in the same transaction, and whose bytes count no more; its ids may be used again. */
  replaces?: { pinId: string; dagSize: number }
}

export type SealedFacts = { pinCid: string; cidHash: Buffer; nameHash: Buffer; rootKey: NewRow<'root_keys'> }

export type IngestIdempotency = {
  scope: string
  route: string
  key: string
  fingerprint: Uint8Array
  status: number
  /** Pure: the reply's body, kept for a repeat; called with the rows just before they are written. */
  body(committed: CommittedIngest): unknown
}

export type CommittedIngest = {
  file: FileRow
  /** `created_at` is cut to milliseconds here; `createdAt` has the microseconds, as RFC 3339. */
  pin: PinRow & { createdAt: string }
  /**
   * The live content row's id. When it differs from the item's, the content was held already: the item's own root has
   * a tombstone and a release job.
   */
  contentId: string
}
