import { statfs } from 'node:fs/promises'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { StoreCore } from '../store-core.ts'
import { isNoSpace } from '../store-error.ts'
import type { SegmentMeta } from '../store-index.ts'
import { CompactionTarget } from './compaction-target.ts'
import { compactSegment } from './compact-segment.ts'
import { type DeadEnough, holdsReleased, isMostlyDead, neededBytes } from './live-share.ts'
import { Pace } from './pace.ts'

export type CompactionOptions = {
  signal?: AbortSignal
  /** Read and written, together. Default: no bound. */
  bytesPerSecond?: number
  /** Segments with a larger share of dead bytes are rewritten. Default 0.5. */
  minDeadShare?: number
  /** For an erasure: every segment that still has bytes of released blocks is rewritten, however few they are. */
  allReleased?: boolean
  /** Told of each live block that could not be copied. It stays where it is, and so does its segment. */
  onDamaged?: (realm: string, cid: string) => void
}

export type CompactionResult = {
  /** `stopped`: by the signal; the next pass goes on. `refused`: broken roots may still need what is dead. */
  state: 'done' | 'stopped' | 'refused'
  /** Segments that were rewritten. */
  segments: number
  freedBytes: number
  writtenBytes: number
  /** Segments that were left: with damaged places, or because the disk had no room for what is alive in them. */
  damaged: number
  noRoom: number
  milliseconds: number
}

/** `at`: when it ended, as milliseconds since 1970. */
export type LastCompaction = CompactionResult & { at: number }

/** Dead bytes below this share of a full segment are not worth a file. */
const MIN_DEAD_PART = 1 / 1_024
/** Pages that the index may need while entries change. */
const INDEX_ROOM = 2 * 1024 * 1024

/** Any fixed order will do; the first call of `localeCompare` loads its tables, which took 45 ms. */
const byText = (a: string, b: string): number => Number(a > b) - Number(a < b)

type Candidate = { id: number; realm: string; need: number }

/** Rewrites mostly dead segments, so that their space comes back. One pass at a time. */
export class Compactor {
  readonly #core: StoreCore
  readonly #sealOpen: (isWorth: (meta: SegmentMeta) => boolean) => Promise<void>
  readonly #stop = new AbortController()
  /** Segments with damage, and how many live blocks they had: there is nothing to try before one of them was healed. */
  readonly #damaged = new Map<number, number>()
  #running: Promise<CompactionResult> | undefined
  #last: LastCompaction | null = null

  /** @param sealOpen closes those of the segments that uploads are written to that are worth a rewrite */
  constructor(core: StoreCore, sealOpen: (isWorth: (meta: SegmentMeta) => boolean) => Promise<void>) {
    this.#core = core
    this.#sealOpen = sealOpen
  }

  get last(): LastCompaction | null {
    return this.#last
  }

  /** @throws HoldfastError `conflict` while another pass runs. */
  async run(options: CompactionOptions): Promise<CompactionResult> {
    if (this.#running !== undefined) throw new HoldfastError('conflict', { detail: 'A compaction is running.' })
    this.#running = this.#pass(options)
    try {
      const result = await this.#running
      this.#last = { ...result, at: this.#core.settings.now() }
      return result
    } finally {
      this.#running = undefined
    }
  }

  /** Ends the pass that runs, at its next step. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running?.catch(() => undefined)
  }

  async #pass(options: CompactionOptions): Promise<CompactionResult> {
    const result: CompactionResult = {
      state: 'done',
      segments: 0,
      freedBytes: 0,
      writtenBytes: 0,
      damaged: 0,
      noRoom: 0,
      milliseconds: 0,
    }
    const started = performance.now()
    const core = this.#core
    if (core.meta.brokenRoots > 0) return { ...result, state: 'refused' }
    const signals = [this.#stop.signal, ...(options.signal === undefined ? [] : [options.signal])]
    const signal = AbortSignal.any(signals)
    const pace = new Pace(options.bytesPerSecond ?? Number.POSITIVE_INFINITY, signal)
    const enough: DeadEnough = {
      minDeadShare: options.minDeadShare ?? 0.5,
      minDeadBytes: core.settings.segmentBytes * MIN_DEAD_PART,
    }
    const isWorth = options.allReleased === true ? holdsReleased : (meta: SegmentMeta) => isMostlyDead(meta, enough)
    const targets = new Targets(core)
    try {
      await this.#sealOpen(isWorth)
      // Chosen once: a target is never a candidate of the pass that wrote it.
      const left = this.#candidates(isWorth)
      for (let next = await takeFitting(core, left); next !== undefined; next = await takeFitting(core, left))
        await this.#compact(next, { pace, targets, result, onDamaged: options.onDamaged })
      result.noRoom += left.length
    } catch (error) {
      if (isNoSpace(error)) result.noRoom++
      else if (signal.aborted) result.state = 'stopped'
      else throw error
    } finally {
      await targets.close()
      result.writtenBytes = targets.written
      result.freedBytes -= targets.written
      await core.removalsDone()
      await core.reserve.restore()
      result.milliseconds = Math.round(performance.now() - started)
    }
    return result
  }

  #candidates(isWorth: (meta: SegmentMeta) => boolean): Candidate[] {
    const found: Candidate[] = []
    for (const [id, meta] of this.#core.index.segments()) {
      if (!meta.sealed || meta.unclaimed || this.#damaged.get(id) === meta.blocks) continue
      if (isWorth(meta)) found.push({ id, realm: meta.realm, need: neededBytes(meta) })
    }
    // Older segments first: then release markers in younger ones need not be kept any more.
    return found.sort((a, b) => byText(a.realm, b.realm) || a.id - b.id)
  }

  async #compact(
    { id, realm }: Candidate,
    run: { pace: Pace; targets: Targets; result: CompactionResult; onDamaged: CompactionOptions['onDamaged'] },
  ): Promise<void> {
    const core = this.#core
    const meta = core.index.segment(id)
    if (meta === undefined) return
    const { pace, targets, result } = run
    const target = (): Promise<CompactionTarget> => targets.of(realm)
    const onDamaged = run.onDamaged ?? (() => undefined)
    const state = await compactSegment({ core, id, pace, target, onDamaged })
    if (state === 'done') {
      result.segments++
      result.freedBytes += meta.length
    } else if (state === 'damaged') {
      result.damaged++
      this.#damaged.set(id, core.index.segment(id)?.blocks ?? 0)
      core.logger.error({ segment: id }, 'a segment with damaged places cannot be compacted; it is kept')
    }
    // The space is there for the next one.
    await core.removalsDone()
  }
}

/** The segment that is written to, one at a time. */
class Targets {
  readonly #core: StoreCore
  #current: CompactionTarget | undefined
  written = 0

  constructor(core: StoreCore) {
    this.#core = core
  }

  async of(realm: string): Promise<CompactionTarget> {
    const current = this.#current
    if (current !== undefined && current.realm === realm && current.length < this.#core.settings.segmentBytes)
      return current
    await this.close()
    this.#current = await CompactionTarget.create(this.#core, realm)
    return this.#current
  }

  async close(): Promise<void> {
    const current = this.#current
    this.#current = undefined
    if (current === undefined) return
    this.written += current.length
    try {
      await current.close()
    } catch (error) {
      this.#core.logger.error({ err: error, segment: current.id }, 'a compaction could not end its segment')
    }
  }
}

/**
 * Takes the first candidate out that the disk has room for. On a full disk that is one whose live bytes fit into what is set aside, which is
 * then spent: uploads are refused until its file is gone and the space is there again.
 */
const takeFitting = async (core: StoreCore, left: Candidate[]): Promise<Candidate | undefined> => {
  await core.reserve.settled()
  const { bavail, bsize } = await statfs(core.settings.directory)
  const free = bavail * bsize
  const indexRoom = Math.min(INDEX_ROOM, core.settings.reserveBytes / 2)
  let found = left.findIndex(({ need }) => need + indexRoom <= free)
  if (found === -1) {
    const reserved = core.reserve.available
    found = left.findIndex(({ need }) => need + indexRoom <= free + reserved)
    if (found !== -1) await core.reserve.spend()
  }
  return found === -1 ? undefined : left.splice(found, 1)[0]
}
