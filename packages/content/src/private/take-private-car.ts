import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { BlockSink, BlockSource } from '../block-source.ts'
import { blockKey } from '../block-store/block-key.ts'
import { CarGraph } from '../car/car-graph.ts'
import { describeRoot, type RootDescription } from '../car/describe-root.ts'
import { incompleteCar, rootsOf } from '../car/import-car.ts'
import type { CarReport } from '../car/imported-car.ts'
import { readCar } from '../car/read-car.ts'
import { receiveBlocks } from '../car/receive-blocks.ts'
import { surveyCar } from '../car/survey-car.ts'
import { CAR_LIMITS, type CarLimits } from '../dag/dag-limits.ts'

export type TakePrivateCarOptions = {
  sink: BlockSink
  /** The root of a CAR whose header names none. */
  root?: CID
  limits?: CarLimits
  signal: AbortSignal
}

export type TakenPrivateCar = {
  root: CID
  report: CarReport
  /** What it is, from the blocks as they read back; see `describeRoot`. */
  describe(blocks: BlockSource): Promise<RootDescription>
}

/**
 * Puts the blocks of a CAR of one root into the sink of a private upload; each is hashed first. What the store holds elsewhere completes nothing: a private root
 * is whole by itself. Blocks below no root stay in the upload.
 * @throws HoldfastError what `readCar` throws; `car_without_roots`, `incomplete_dag`; `not_in_private` for several roots
 */
export const takePrivateCar = async (
  source: AsyncIterable<Uint8Array>,
  { sink, root, limits = CAR_LIMITS, signal }: TakePrivateCarOptions,
): Promise<TakenPrivateCar> => {
  const graph = new CarGraph(limits)
  const car = await readCar(source, { limits, signal })
  const roots = rootsOf(car.roots, root === undefined ? {} : { root })
  const [only, ...others] = roots
  if (only === undefined || others.length > 0)
    throw new HoldfastError('not_in_private', {
      detail: 'A CAR has one root in private, for each root has its own key: send a CAR for each.',
    })
  const put = async (cid: CID, bytes: Uint8Array): Promise<void> => sink.put(cid, bytes)
  const putParts = (cid: CID, parts: readonly Uint8Array[], length: number) => put(cid, Buffer.concat(parts, length))
  const received = await receiveBlocks(car.blocks, { upload: { put, putParts }, graph, isFlat: true })
  const survey = await surveyCar(graph, { roots, holds: () => false, limits, signal })
  if (survey.missing.count > 0) throw incompleteCar(survey)
  return {
    root: only,
    report: { ...received, version: car.version, headerRoots: car.roots, survey },
    describe: (blocks) => describeRoot({ get: (cid) => blocks.get(cid), locate: (cid) => lengthIn(graph, cid) }, only),
  }
}

const lengthIn = (graph: CarGraph, cid: CID): { length: number } | undefined => {
  const length = graph.sizeOf(blockKey(cid))
  return length === undefined ? undefined : { length }
}
