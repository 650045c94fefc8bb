import { z } from 'zod'

const kindSchema = z.enum(['file', 'directory'])

export const parametersSchema = z
  .object({
    profile: z.string().nullable().describe('The name of this set of parameters (IPIP-499), if it has one.'),
    chunker: z.string().describe('As in `ipfs add --chunker`.'),
    maxLinks: z.number().int().describe('Children per node of a file.'),
    hamtFanout: z.number().int().describe('Children per node of a sharded directory.'),
    hamtThreshold: z.number().int().describe('A directory of more bytes than this is sharded; 0: none is.'),
    hamtEstimation: z.enum(['links', 'block', 'disabled']).describe("How a directory's bytes are reckoned."),
    cidVersion: z.number().int(),
    rawLeaves: z.boolean(),
  })
  .meta({ id: 'ImportParameters' })

export const reckonedCidSchema = z
  .object({
    cid: z.string().describe('The root that an upload of the same form gets.'),
    kind: kindSchema,
    name: z.string(),
    size: z.number().int().describe('Bytes of all files.'),
    entries: z
      .number()
      .int()
      .optional()
      .describe('Of a folder: the files and directories that the paths name, at all levels.'),
    blocks: z.number().int().describe('Blocks of the DAG, a repeated one counted each time.'),
    dagSize: z.number().int().describe('Their bytes.'),
    parameters: parametersSchema,
  })
  .meta({ id: 'ReckonedCid' })

export const inferBody = z.strictObject({ cid: z.string().describe('A root that the organization holds.') })

export const inferenceSchema = z
  .object({
    cid: z.string(),
    kind: kindSchema,
    parameters: z
      .object({
        cidVersion: z.number().int().nullable(),
        rawLeaves: z.boolean().nullable(),
        chunker: z.string().nullable(),
        maxLinks: z.number().int().nullable(),
        hamtFanout: z.number().int().nullable(),
        hamtThreshold: z.number().int().nullable(),
        hamtEstimation: z.enum(['links', 'block', 'disabled']).nullable(),
      })
      .describe('Null where nothing in the DAG tells.'),
    profiles: z.array(z.string()).describe('Named profiles that give this CID, as far as can be told.'),
    verified: z.boolean().describe('The files were imported again by these parameters and gave the same CID.'),
    notes: z.array(z.string()).describe('For people: what cannot be told, and why.'),
  })
  .meta({ id: 'Inference' })
