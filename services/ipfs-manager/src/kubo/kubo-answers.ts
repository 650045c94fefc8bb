import { z } from 'zod'
import { KuboError } from './kubo-error.ts'

/** What of Kubo's answers is read. More may stand in them. */
export const ANSWERS = {
  id: z.object({ ID: z.string().max(200), Addresses: z.array(z.string().max(1_000)).nullish() }),
  version: z.object({ Version: z.string().max(100) }),
  repoStat: z.object({ RepoSize: z.number(), StorageMax: z.number() }),
  swarmPeers: z.object({ Peers: z.array(z.unknown()).nullish() }),
  pinsOf: z.object({ Keys: z.record(z.string(), z.object({ Type: z.string(), Name: z.string().optional() })) }),
  listedPin: z.object({ Cid: z.string(), Type: z.string(), Name: z.string().optional() }),
  pinProgress: z.object({
    Pins: z.array(z.string()).nullish(),
    Progress: z.number().optional(),
    Bytes: z.number().optional(),
  }),
  imported: z.object({
    Stats: z.object({ BlockCount: z.number(), BlockBytesCount: z.number() }).nullish(),
    Root: z.object({ PinErrorMsg: z.string().optional() }).nullish(),
  }),
  dagStat: z.object({ DagStats: z.array(z.object({ Size: z.number(), NumBlocks: z.number() })).nullish() }),
  commands: z.array(z.object({ Command: z.string(), Active: z.boolean() })).nullable(),
  ref: z.object({ Ref: z.string(), Err: z.string().optional() }),
  routingEvent: z.object({
    Type: z.number(),
    ID: z.string().max(200).optional(),
    Responses: z.array(z.object({ ID: z.string().max(200) })).nullish(),
  }),
  routingValue: z.object({ Extra: z.string().max(20_000) }),
  provideStat: z.object({
    Sweep: z.object({
      queues: z.object({ pending_key_provides: z.number() }),
      schedule: z.object({ keys: z.number(), next_reprovide_at: z.string() }),
    }),
  }),
} as const

/** @throws KuboError `strange` when it is not what Kubo answers */
export const readAnswer = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  throw new KuboError('strange', 'the answer is not what was asked for', { cause: read.error })
}
