import { createHash, type Hash } from 'node:crypto'
import { DATA_POSITION, encodeOffsetRecord, NOTHING_DIGEST, RECORD_POSITIONS } from './offset-record.ts'
import type { StagedState } from './recover-staged-file.ts'
import type { StagingFile } from './staging-disk.ts'
import type { StagingFaults } from './staging-faults.ts'

export type StagingSizes = {
  /** Pieces are gathered until they have this many bytes. */
  write: number
  /** What was received is made durable each time that so many bytes have come. */
  sync: number
  /** So is it after so many milliseconds, when something has come: a slow line must not lose minutes to a crash. */
  syncMs: number
  /** Up to here the record holds a hash of the new bytes, and one sync does for both. */
  oneSync: number
}

const MEBIBYTE = 1024 * 1024
export const STAGING_SIZES: StagingSizes = { write: MEBIBYTE, sync: 16 * MEBIBYTE, syncMs: 1_000, oneSync: MEBIBYTE }

export type StagedWriterDeps = {
  file: StagingFile
  state: StagedState
  faults: StagingFaults
  sizes: StagingSizes
  /** Makes the file's name durable; called once, before anything is told of a file that is new. */
  syncName: (() => Promise<void>) | undefined
  /** Told each offset as soon as it is durable. */
  onDurable: (offset: number) => void
}

/** Appends to one staged file. One at a time for each upload: the caller's lock sees to that. */
export class StagedWriter {
  readonly #deps: StagedWriterDeps
  #durable: number
  #written: number
  #sequence: number
  #place: 0 | 1
  #pieces: Uint8Array[] = []
  #gathered = 0
  #hash: Hash | undefined = createHash('sha256')
  #nameIsDurable: boolean
  #syncedAt = performance.now()
  /** The sync that runs while more comes in. Never rejects: see `#failure`. */
  #syncing: Promise<void> = Promise.resolve()
  #failure: { error: unknown } | undefined

  constructor(deps: StagedWriterDeps) {
    this.#deps = deps
    this.#durable = deps.state.offset
    this.#written = deps.state.offset
    this.#sequence = deps.state.nextSequence
    this.#place = deps.state.nextPlace
    this.#nameIsDurable = deps.syncName === undefined
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.#written + this.#gathered
  }

  /** To be kept for the next writer of the same file. */
  get state(): StagedState {
    return { offset: this.#durable, nextSequence: this.#sequence, nextPlace: this.#place }
  }

  /** Takes a piece; it must not be written to afterwards. @param counts false: it counts only with the next `commit` */
  async append(piece: Uint8Array, counts: boolean): Promise<void> {
    this.#throwIfFailed()
    this.#pieces.push(piece)
    this.#gathered += piece.length
    const { write, sync, syncMs } = this.#deps.sizes
    const isLate = performance.now() - this.#syncedAt >= syncMs
    if (this.#gathered >= write || (isLate && counts)) await this.#flush()
    if (counts && (isLate || this.#written - this.#durable >= sync)) await this.#settleMeanwhile()
  }

  /** Makes what is written count while more comes in. */
  async #settleMeanwhile(): Promise<void> {
    await this.#syncing
    this.#throwIfFailed()
    if (this.#written === this.#durable) return
    this.#syncedAt = performance.now()
    // It goes on from bytes that the next record does not speak of.
    this.#hash = undefined
    this.#syncing = this.#settle(this.#written, undefined).catch((error: unknown) => {
      this.#failure = { error }
    })
  }

  /** Makes everything that was taken count. */
  async commit(): Promise<void> {
    await this.#flush()
    await this.#syncing
    this.#throwIfFailed()
    if (this.#written === this.#durable) return
    const isSmall = this.#hash !== undefined && this.#written - this.#durable <= this.#deps.sizes.oneSync
    await this.#settle(this.#written, isSmall ? this.#hash?.digest() : undefined)
    this.#hash = createHash('sha256')
  }

  /** Drops everything that does not count. */
  async drop(): Promise<void> {
    this.#pieces = []
    this.#gathered = 0
    await this.#syncing
    this.#written = this.#durable
    this.#hash = createHash('sha256')
    await this.#deps.file.truncate(DATA_POSITION + this.#durable)
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async #flush(): Promise<void> {
    if (this.#gathered === 0) return
    const pieces = this.#pieces
    const length = this.#gathered
    this.#pieces = []
    this.#gathered = 0
    await this.#deps.file.write(pieces, DATA_POSITION + this.#written)
    this.#written += length
    if (this.#written - this.#durable > this.#deps.sizes.oneSync) this.#hash = undefined
    for (const piece of pieces) this.#hash?.update(piece)
  }

  async #settle(upTo: number, digest: Uint8Array | undefined): Promise<void> {
    const { file, faults, onDurable } = this.#deps
    const sync = (): Promise<void> => (faults.skipSync ? Promise.resolve() : file.sync())
    if (faults.tellEarly) onDurable(upTo)
    // A record that stands on the disk before its bytes would lie; one with their hash cannot.
    if (digest === undefined) await sync()
    const record = encodeOffsetRecord({
      sequence: this.#sequence++,
      offset: upTo,
      checkedFrom: digest === undefined ? upTo : this.#durable,
      digest: digest ?? NOTHING_DIGEST,
    })
    await file.write([record], RECORD_POSITIONS[this.#place])
    await sync()
    this.#place = this.#place === 0 ? 1 : 0
    if (!this.#nameIsDurable) await this.#deps.syncName?.()
    this.#nameIsDurable = true
    this.#durable = upTo
    onDurable(upTo)
  }
}
