import { DAG_LIMITS, type DagLimits } from '../dag/dag-limits.ts'

/** What a reader of files accepts of a DAG that somebody else built; the numbers stand in `../dag/dag-limits.ts`. */
export type ReadLimits = Pick<DagLimits, 'maxDepth' | 'maxLinks' | 'maxOpenLinks' | 'freeBlocks' | 'minBytesPerBlock'>

export const READ_LIMITS: Readonly<ReadLimits> = DAG_LIMITS
