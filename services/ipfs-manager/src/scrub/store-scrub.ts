import type { BlockStore } from '@packages/content/block-store/block-store'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { DamageDesk } from './damage-desk.ts'
import { readScrubState, type ScrubState, writeScrubState } from './scrub-state.ts'

export type StoreScrubDeps = {
  store: Pick<BlockStore, 'scrub'>
  desk: DamageDesk
  logger: MinimalLogger
  /** Where the cursor is kept. */
  stateFile: string
  bytesPerSecond: number
  everyMs: number
  now?: () => number
}

/** Since the start of the process. */
export type ScrubFigures = { blocks: number; bytes: number; completedAt: number | undefined }

const SAVE_EVERY_MS = 2_000

/** Passes over the whole store, one after the other with a pause; a pass that was cut off goes on where it was. */
export class StoreScrub {
  readonly #deps: StoreScrubDeps
  readonly #now: () => number
  #figures: ScrubFigures = { blocks: 0, bytes: 0, completedAt: undefined }
  #savedAt = 0

  constructor(deps: StoreScrubDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
  }

  get figures(): Readonly<ScrubFigures> {
    return this.#figures
  }

  /** Runs a pass to its end when it is time for one. */
  async runWhenDue(signal: AbortSignal): Promise<void> {
    const state = await readScrubState(this.#deps.stateFile)
    this.#figures.completedAt = state.completedAt
    if (this.#isDue(state)) await this.run(signal, state)
  }

  // A clock that was set back must not keep us from ever looking again.
  #isDue({ cursor, completedAt }: ScrubState): boolean {
    if (cursor !== undefined || completedAt === undefined) return true
    const age = this.#now() - completedAt
    return age >= this.#deps.everyMs || age < 0
  }

  /** One pass, from where the last one was cut off. */
  async run(signal: AbortSignal, state: ScrubState): Promise<void> {
    const { store, desk, logger, stateFile, bytesPerSecond } = this.#deps
    let damagedMarkers = 0
    let damaged = 0
    for await (const event of store.scrub({ signal, bytesPerSecond, after: state.cursor })) {
      if (event.type === 'progress') {
        this.#figures.blocks += event.blocks
        this.#figures.bytes += event.bytes
        await this.#save({ ...state, cursor: event.cursor })
      } else if (event.type === 'damaged') {
        damaged++
        await desk.take(event)
        desk.heal().catch((error) => logger.error({ err: error }, 'damaged blocks could not be healed'))
      } else {
        damagedMarkers++
        logger.error({ segment: event.segment }, 'a segment has damaged markers; its blocks can be read')
      }
    }
    const completedAt = this.#now()
    await writeScrubState(stateFile, { completedAt })
    this.#figures.completedAt = completedAt
    desk.noteMarkers(damagedMarkers)
    await desk.tell()
    logger.info({ damaged, damagedMarkers }, 'all stored blocks were looked at')
  }

  async #save(state: ScrubState): Promise<void> {
    const now = performance.now()
    if (now - this.#savedAt < SAVE_EVERY_MS) return
    this.#savedAt = now
    await writeScrubState(this.#deps.stateFile, state)
  }
}
