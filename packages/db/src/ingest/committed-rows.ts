import { foldText } from '@packages/shared/fold-text'
import { type PinStatus, psaStatus } from '@packages/shared/pin-state'
import type { Replication } from '@packages/shared/replication'
import { fromMicroseconds } from '../microseconds.ts'
import type { CommittedIngest, IngestItem } from './ingest-item.ts'

/** The rows of an upload as they are written. */
export const committedRows = (
  item: IngestItem,
  contentId: string,
  { status, replication, groupId }: { status: PinStatus; replication: Replication; groupId: string | null },
  createdMicros: number,
): CommittedIngest => {
  const created_at = new Date(Math.floor(createdMicros / 1_000))
  const shared = { organization_id: item.organizationId, user_id: item.userId, content_id: contentId, cid: item.cid }
  return {
    contentId,
    file: {
      id: item.file.id,
      ...shared,
      pin_id: item.pin.id,
      original_name: item.file.name,
      content_type: item.file.contentType,
      size: item.file.size,
      metadata: item.file.metadata,
      visibility: item.realm,
      kind: item.file.kind ?? 'file',
      created_at,
      cid_hash: item.sealed?.cidHash ?? null,
      name_hash: item.sealed?.nameHash ?? null,
      group_id: groupId,
    },
    pin: {
      id: item.pin.id,
      ...shared,
      cid: item.sealed?.pinCid ?? item.cid,
      name: item.pin.name ?? null,
      name_folded: item.realm === 'public' && item.pin.name != null ? foldText(item.pin.name) : null,
      is_private: item.realm === 'private',
      meta: item.pin.meta ?? {},
      origins: [],
      status,
      info: {},
      replication_min: replication.min,
      replication_max: replication.max,
      zones: [...replication.zones],
      replication_wish: null,
      group_id: groupId,
      created_at,
      pinned_at: status === 'pinned' ? created_at : null,
      expires_at: null,
      copies_left: 0,
      psa_status: psaStatus(status, 0),
      createdAt: fromMicroseconds(createdMicros),
    },
  }
}
