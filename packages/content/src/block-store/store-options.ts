/** The least that the store asks of a logger (pino's shape). */
export type StoreLogger = {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
  error(fields: Record<string, unknown>, message: string): void
}

export const SILENT: StoreLogger = { info: () => {}, warn: () => {}, error: () => {} }

/** Where a compaction can be interrupted: copies written, copies durable, a slice of them in the index, markers carried over. */
export type CompactionStep = 'copied' | 'copies-synced' | 'moved' | 'carried'

/** Faults that tests plant, to prove that they would notice. Never set in production. */
export type StoreFaults = {
  /** Acknowledge without `fdatasync`. */
  skipSync?: boolean
  /** Return true to not count this link. */
  dropReference?: () => boolean
  /** Believe what the plan saw and do not look again inside the index transaction. */
  skipPresenceCheck?: boolean
  /** Count a root that is taken as if it had no blocks of its own. */
  skipRootReference?: boolean
  /** Do not follow the links of a block that is released. */
  skipCascade?: boolean
  /** Accept a segment's tail without looking at the hashes. */
  trustTail?: boolean
  /** Called before bytes are written; may throw, for instance ENOSPC. */
  beforeWrite?: (segment: number, bytes: number) => void
  /** Awaited where others may come in between: before a batch is written, before its index transaction, between slices. */
  pause?: (where: 'planned' | 'synced' | 'sealed' | 'slice' | CompactionStep) => Promise<void>
  /** Stands for a turn of the event loop, in which others may come along, before a batch is planned. */
  turn?: () => Promise<void>
  /** A compaction points blocks to their copies without looking whether they still are where they were copied from. */
  moveBlindly?: boolean
  /** A compaction does not sync its copies. */
  skipCopySync?: boolean
  /** A compaction removes a segment before the index knows of the copies. */
  unlinkEarly?: boolean
  /** A compaction leaves the markers of live roots behind. */
  forgetRoots?: boolean
  /** A compaction leaves release markers behind that still say something. */
  forgetReleases?: boolean
  /** A compaction writes the markers that it carries over as if they were new. */
  carryAsNew?: boolean
  /** A block that is brought again stays where its place is damaged. */
  keepDamaged?: boolean
  /** A compaction copies blocks without looking at their hashes. */
  copyDamaged?: boolean
  /** Called when the index has committed; `metaSync` as it was asked for. */
  committed?: (metaSync: boolean) => void
  /** Called when everything below `length` of a segment is on the disk. */
  synced?: (segment: number, length: number) => void
}

export type BlockStoreOptions = {
  /** Holds `segments/`, `index/` and `store.json`; made when missing. */
  directory: string
  logger?: StoreLogger
  /** A shared segment is sealed at this length. Default 256 MiB. */
  segmentBytes?: number
  /** An upload that exceeds this gets a segment of its own. Default 1 MiB. */
  spillBytes?: number
  /** Blocks that one index transaction takes or drops. Default 4,096. */
  sliceBlocks?: number
  /** Space set aside so that something can be released on a full disk. Default 4 MiB. */
  reserveBytes?: number
  /** Milliseconds since 1970; tests set their own. */
  now?: () => number
  /** For tests only: LMDB without sync. What was acknowledged is then safe from a crash of the process alone. */
  noIndexSync?: boolean
  /** For tests only. */
  faults?: StoreFaults
}
