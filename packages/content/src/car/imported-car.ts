import type { CID } from 'multiformats/cid'
import type { BlockStore } from '../block-store/block-store.ts'
import type { CarLimits } from '../dag/dag-limits.ts'
import type { Received } from './receive-blocks.ts'
import type { CarSurvey } from './survey-car.ts'

/** The blocks of an import that was kept: those of a list, and what they shall become. */
export type KeptBlocks = { list: CID; roots: readonly CID[] }

/** An import that lacks blocks: those that it has are durable in the realm `incomplete`, below a list of its own. */
export type KeptImport = KeptBlocks & { contentId: string; dagSize: number; blocks: number }

export type ImportCarOptions = {
  store: Pick<BlockStore, 'beginUpload' | 'adoptRoot' | 'release' | 'settle' | 'holds' | 'measure' | 'reader'>
  /** Content ids: each must never have been used. */
  newContentId: () => string
  /** The root of a CAR whose header names none. */
  root?: CID
  /** What to do when blocks are missing. */
  incomplete: 'refuse' | 'keep'
  /** An import that was kept: its blocks go along, and its roots are the roots. */
  continues?: KeptBlocks
  limits?: CarLimits
  signal?: AbortSignal
}

/** A DAG that is durable in the realm `public`; `contentId` is in flight until it is settled. */
export type ImportedRoot = { cid: CID; contentId: string; dagSize: number; blocks: number }

export type CarReport = Received & {
  version: 1 | 2
  /** As the header lists them. */
  headerRoots: CID[]
  survey: CarSurvey
}

export type ImportedCar =
  | { state: 'whole'; roots: ImportedRoot[]; report: CarReport }
  | { state: 'incomplete'; kept: KeptImport; report: CarReport }
