import type { FileRow, PinRow } from '@packages/db/tables'
import type { z } from 'zod'
import type { listedFileSchema, uploadedFileSchema } from './schemas.ts'

export type UploadedFile = z.infer<typeof uploadedFileSchema>

export type FileWithPin = Pick<
  FileRow,
  | 'id'
  | 'cid'
  | 'original_name'
  | 'content_type'
  | 'size'
  | 'metadata'
  | 'created_at'
  | 'pin_id'
  | 'kind'
  | 'visibility'
  | 'group_id'
> & { pin_status: PinRow['status'] }

/** How a file row is shown. Times are in milliseconds; nothing of the organization or the store is told. */
const presentFile = (row: Omit<FileWithPin, 'pin_id' | 'pin_status'>) => ({
  id: row.id,
  cid: row.cid,
  name: row.original_name,
  kind: row.kind,
  size: row.size,
  contentType: row.content_type,
  createdAt: new Date(row.created_at).toISOString(),
  metadata: row.metadata,
  visibility: row.visibility,
  group: row.group_id,
})

export const presentListedFile = (row: FileWithPin): z.infer<typeof listedFileSchema> => ({
  ...presentFile(row),
  pin: { requestid: row.pin_id, status: row.pin_status },
})

/** What an upload answers; `entries` of a folder. */
export const presentUploadedFile = (
  file: Omit<FileWithPin, 'pin_status' | 'pin_id'>,
  pin: Pick<PinRow, 'id' | 'status'>,
  entries?: number,
): UploadedFile => ({
  file: presentFile(file),
  pin: { requestid: pin.id, status: pin.status },
  ...(entries === undefined ? {} : { entries }),
})
