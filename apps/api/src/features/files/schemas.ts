import { z } from 'zod'
import { visibilitySchema } from '../../private/visibility.ts'
import { deniedSchema } from '../../values/denied-schema.ts'
import { cidQuery, cursorQuery, limitQuery, textQuery, timeQuery } from '../../values/query-values.ts'

export const pinStatusSchema = z.enum(['queued', 'pinning', 'pinned', 'degraded', 'failed'])

export const fileSchema = z
  .object({
    id: z.string().describe('UUIDv7; the newest sorts last.'),
    cid: z.string().describe('As the import profile gives it: v1 by default.'),
    name: z.string(),
    kind: z
      .enum(['file', 'directory', 'dag'])
      .describe('`directory`: a UnixFS directory; `dag`: anything else that came in a CAR.'),
    size: z.number().int().describe('Bytes of the file; of a directory those of all its files.'),
    contentType: z.string(),
    createdAt: z.string().describe('RFC 3339, UTC.'),
    metadata: z.record(z.string(), z.unknown()),
    visibility: visibilitySchema.describe(
      '`private`: stored encrypted, in no public gateway; its name is found whole only.',
    ),
    group: z.string().nullable().describe('The id of its group.'),
  })
  .meta({ id: 'File' })

export const filePinSchema = z.object({ requestid: z.string(), status: pinStatusSchema }).meta({ id: 'FilePin' })

export const uploadedFileSchema = z
  .object({
    file: fileSchema,
    pin: filePinSchema,
    entries: z
      .number()
      .int()
      .optional()
      .describe('Of a folder: the files and directories that the paths name, at all levels.'),
  })
  .meta({ id: 'UploadedFile' })

export const listedFileSchema = fileSchema
  .extend({ pin: filePinSchema, denied: deniedSchema })
  .meta({ id: 'ListedFile' })

export const fileListSchema = z
  .object({
    files: z.array(listedFileSchema).describe('The newest first.'),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  })
  .meta({ id: 'FileList' })

export const deletedFilesSchema = z
  .object({ deleted: z.number().int().describe('How many rows were deleted.') })
  .meta({ id: 'DeletedFiles' })

const MEDIA_RANGE = /^[!#$%&'*+\-.^_`|~0-9a-z]+\/[!#$%&'*+\-.^_`|~0-9a-z]+$/i

export const fileListQuery = z.strictObject({
  limit: limitQuery,
  cursor: cursorQuery,
  cid: cidQuery,
  name: textQuery.optional().describe('Only files of exactly this name.'),
  namePrefix: textQuery.optional().describe('Only public files whose name starts with this.'),
  contentType: z
    .string()
    .max(255)
    .regex(MEDIA_RANGE, 'must be type/subtype or type/*')
    .optional()
    .describe('Only this media type, whatever its parameters; `image/*` for all images.'),
  status: pinStatusSchema.optional().describe('Only files whose pin has this status.'),
  group: z.uuid().optional().describe('Only files of this group.'),
  createdAfter: timeQuery.optional().describe('Only files that are newer than this time.'),
  createdBefore: timeQuery.optional().describe('Only files that are older than this time.'),
})

export type FileListQuery = z.output<typeof fileListQuery>

export const uploadQuery = z.strictObject({
  visibility: visibilitySchema
    .optional()
    .describe(
      'Who may read it: everybody who knows the CID, or the organization alone. By default as the organization says.',
    ),
  group: z.uuid().optional().describe('The id of the group that it goes into.'),
})

export const fileHashQuery = z.strictObject({ limit: limitQuery, cursor: cursorQuery })

export const fileParams = z.object({ hash: z.string().describe("The file's id.") })

export const newVisibilitySchema = z.strictObject({ visibility: visibilitySchema })

export const hashParams = z.object({
  hash: z.string().describe("A CID (v0 and v1 are the same), or a row's id, which then means that row alone."),
})
