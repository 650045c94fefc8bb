import { z } from 'zod'
import { visibilitySchema } from '../../private/visibility.ts'
import { cursorQuery, pageLimit } from '../../values/query-values.ts'

export const MAX_FOLDER_ENTRIES = 100_000

const MAX_PATH = 16_400

/** Bytes of the body: 100,000 entries with paths of 200 bytes, and some. */
export const FOLDER_BODY_BYTES = 32 * 1024 * 1024

const byteLength = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

const folderEntrySchema = z
  .strictObject({
    path: z.string().max(MAX_PATH).describe('Names joined by `/`, such as `photos/2024/a.jpg`.'),
    kind: z.enum(['file', 'directory']).optional().describe('`file` by default; a `directory` may be empty.'),
    size: byteLength.optional().describe('Bytes of the file.'),
  })
  .meta({ id: 'UploadFolderEntry' })

export const newFolderSchema = z
  .strictObject({
    name: z.string().max(1024).describe('The name to store.'),
    entries: z.array(folderEntrySchema).min(1).max(MAX_FOLDER_ENTRIES),
    metadata: z.record(z.string(), z.unknown()).optional().describe('At most 16 KiB and depth 8.'),
    wrap: z.boolean().optional().describe('Puts a directory around the only entry at the top.'),
    visibility: visibilitySchema.optional().describe('As the organization says by default.'),
    group: z.uuid().optional().describe('The id of the group that it goes into, when it is complete.'),
    profile: z.string().max(64).optional().describe('`unixfs-v1-2025` by default, or `unixfs-v0-2015`.'),
    chunker: z.string().max(64).optional().describe('As in `ipfs add --chunker`.'),
    maxLinks: z.number().int().optional(),
    hamtThreshold: z.number().int().optional(),
    hamtFanout: z.number().int().optional(),
    cidVersion: z.number().int().optional(),
    rawLeaves: z.boolean().optional(),
  })
  .meta({ id: 'NewUploadFolder' })

export type NewFolderBody = z.output<typeof newFolderSchema>

export const folderSchema = z
  .object({
    id: z.string().describe('Names the folder in addresses, and in `folder` of Upload-Metadata.'),
    state: z.enum(['open', 'finished']),
    visibility: visibilitySchema,
    name: z.string().describe('Empty once it is a private file.'),
    files: z.number().int(),
    directories: z.number().int(),
    bytes: z.number().int().describe('Of all files.'),
    missing: z.number().int().describe('Files whose bytes are not whole.'),
    missingBytes: z.number().int().describe('Bytes of those files, what has come of them included.'),
    createdAt: z.string(),
    expiresAt: z.string().describe('Any activity puts it off.'),
    file: z.string().nullable().describe('Id of the file, once it is finished.'),
    cid: z.string().nullable(),
  })
  .meta({ id: 'UploadFolder' })

export const folderEntryStateSchema = z
  .object({
    path: z.string(),
    kind: z.enum(['file', 'directory']),
    size: z.number().int().nullable(),
    state: z.enum(['missing', 'received']),
    offset: z.number().int().describe('Bytes that are there.'),
    upload: z.string().nullable().describe('Address of its upload: go on there.'),
  })
  .meta({ id: 'UploadFolderEntryState' })

export const folderEntriesSchema = z
  .object({ entries: z.array(folderEntryStateSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'UploadFolderEntries' })

export const folderEntriesQuery = z.strictObject({
  limit: pageLimit(10_000, 1_000).describe('How many, 1 to 10,000.'),
  cursor: z
    .string()
    .max(30_000)
    .optional()
    .describe(cursorQuery.description ?? ''),
  state: z.enum(['missing']).optional().describe('Only files whose bytes are not whole.'),
})

export const folderParams = z.object({ folder: z.string().max(100).describe("The folder's id.") })
