import { z } from 'zod'
import { cursorQuery, limitQuery } from '../../values/query-values.ts'

export const uploadSchema = z
  .object({
    id: z.string().describe('As in its address.'),
    state: z
      .enum(['open', 'received', 'finished', 'failed'])
      .describe(
        '`received`: all bytes are there, the file is being made; `failed`: an empty PATCH at the end tries again.',
      ),
    part: z.enum(['whole', 'partial', 'final']),
    offset: z.number().int().describe('Bytes that are durable.'),
    length: z.number().int().nullable().describe('Null while it is deferred.'),
    name: z.string().nullable(),
    createdAt: z.string(),
    expiresAt: z.string().describe('Any activity puts it off.'),
    file: z.string().nullable().describe('Id of the file, once it is finished.'),
    cid: z.string().nullable(),
    failure: z.object({ code: z.string(), message: z.string() }).nullable().describe('Why no file could be made.'),
  })
  .meta({ id: 'Upload' })

export const uploadListSchema = z
  .object({ uploads: z.array(uploadSchema).describe('The newest first.'), nextCursor: z.string().nullable() })
  .meta({ id: 'UploadList' })

export const uploadListQuery = z.strictObject({ limit: limitQuery, cursor: cursorQuery })

export const uploadParams = z.object({ upload: z.string().max(100).describe("The upload's id.") })
