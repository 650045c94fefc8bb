import { z } from 'zod'
import { cursorQuery, limitQuery } from '../../values/query-values.ts'
import { visibilitySchema } from '../../private/visibility.ts'
import { uploadedFileSchema } from '../files/schemas.ts'

const cidText = z.string().min(1).max(300)

export const importCarQuery = z.strictObject({
  name: z
    .string()
    .max(4096)
    .optional()
    .describe("The name to store; by default the part's filename without `.car`, else the root's CID."),
  incomplete: z
    .enum(['refuse', 'keep'])
    .default('refuse')
    .describe('What to do when blocks are missing: refuse the CAR, or keep what is there until they come.'),
  continues: z.uuid().optional().describe('A kept import that this CAR goes on with; its roots are taken.'),
  visibility: visibilitySchema
    .optional()
    .describe('As the organization says by default. In private a CAR has one root, and all of its blocks.'),
  group: z.uuid().optional().describe('The id of the group that its files go into, once it is whole.'),
  root: cidText.optional().describe('The root, for a CAR whose header lists none.'),
})

export type ImportCarQuery = z.output<typeof importCarQuery>

const blockCountSchema = z
  .object({ blocks: z.number().int(), bytes: z.number().int() })
  .meta({ id: 'BlockCount', description: 'Distinct blocks, and their bytes.' })

const carReportSchema = z
  .object({
    version: z.union([z.literal(1), z.literal(2)]),
    roots: z.array(z.string()).describe('As the header lists them, repeated ones included.'),
    rootsNote: z.string().describe('What became of the roots, in a sentence.'),
    sections: z.number().int().describe('Blocks in the CAR, repeated ones included.'),
    duplicates: z.number().int().describe('How many of them repeated an earlier one.'),
    added: blockCountSchema.describe('Below the roots, and not held before.'),
    held: blockCountSchema.describe('Below the roots, and held already.'),
    unreachable: blockCountSchema.describe('Below none of the roots: dropped, except in private.'),
  })
  .meta({ id: 'CarReport' })

export const keptImportSchema = z
  .object({
    id: z.string().describe('UUIDv7; for `continues`.'),
    name: z.string(),
    roots: z.array(z.string()),
    size: z.number().int().describe('Bytes of the blocks that are kept; they count for the quota.'),
    blocks: z.number().int(),
    missing: z.object({ count: z.number().int(), cids: z.array(z.string()).describe('The first 1,000.') }),
    createdAt: z.string().describe('RFC 3339, UTC.'),
  })
  .meta({ id: 'KeptImport' })

export const importedCarSchema = z
  .object({
    complete: z.literal(true),
    files: z.array(uploadedFileSchema).describe('One for each distinct root.'),
    car: carReportSchema,
  })
  .meta({ id: 'ImportedCar' })

export const incompleteCarSchema = z
  .object({ complete: z.literal(false), import: keptImportSchema, car: carReportSchema })
  .meta({ id: 'IncompleteCar' })

export const keptImportListSchema = z
  .object({
    imports: z.array(keptImportSchema).describe('The newest first.'),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  })
  .meta({ id: 'KeptImportList' })

export const keptImportListQuery = z.strictObject({ limit: limitQuery, cursor: cursorQuery })

export const importParams = z.object({ id: z.uuid() })

export const exportCarQuery = z.strictObject({
  path: z
    .string()
    .max(8192)
    .optional()
    .describe('A path from the root, with `/`: only what lies there, with the blocks that lead to it.'),
})
