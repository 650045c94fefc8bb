import { createHash } from 'node:crypto'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { asStoreError } from '../block-store/store-error.ts'
import { abortable } from '../unixfs/abortable.ts'
import { DATA_POSITION } from './offset-record.ts'
import { NOTHING_STAGED, recoverStagedFile, type StagedState } from './recover-staged-file.ts'
import { openStagingFolder, type StagingDisk, type StagingFile } from './staging-disk.ts'
import type { StagingFaults } from './staging-faults.ts'
import { STAGING_SIZES, StagedWriter, type StagingSizes } from './staged-writer.ts'

export type UploadStagingOptions = {
  /** Made when missing; nothing else may be in it. */
  directory: string
  /** For tests only. */
  disk?: StagingDisk
  sizes?: StagingSizes
  faults?: StagingFaults
}

export type AppendOptions = {
  signal: AbortSignal
  /** Bytes that may be added; more is refused and what is too much is not kept. */
  maxBytes: number
  /** All the bytes must have this digest, else none of them is kept. */
  checksum?: { algorithm: 'sha1' | 'sha256' | 'md5'; digest: Uint8Array }
}

const READ_BYTES = 1024 * 1024
const SUFFIX = '.upload'
const NAME = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * Where the bytes of resumable uploads lie until they are whole: a file for each, which says itself how many of its bytes count. Bytes
 * count once `fdatasync` has returned; whatever is killed or loses its power, an offset that was told is there with its bytes.
 * One process has a staging area open (the data folder's lock), and it calls for one upload at a time (`UploadLocks`).
 */
export class UploadStaging {
  readonly #disk: StagingDisk
  readonly #faults: StagingFaults
  readonly #sizes: StagingSizes
  /** Of the files that were looked at since the start. */
  readonly #states = new Map<string, StagedState>()
  readonly #looking = new Map<string, Promise<StagedState>>()

  private constructor(disk: StagingDisk, sizes: StagingSizes, faults: StagingFaults) {
    this.#disk = disk
    this.#sizes = sizes
    this.#faults = faults
  }

  static async open({
    directory,
    disk,
    sizes = STAGING_SIZES,
    faults = {},
  }: UploadStagingOptions): Promise<UploadStaging> {
    const opened = disk ?? (await openStagingFolder(directory))
    // Names that a killed process made may not be on the disk yet.
    await opened.syncFolder()
    return new UploadStaging(opened, sizes, faults)
  }

  /** Bytes of an upload that count: on the disk, and told to stay. 0 for one of which there is nothing. */
  async offsetOf(id: string): Promise<number> {
    return (await this.#stateOf(id)).offset
  }

  /**
   * Adds bytes behind those that count. Whatever ends it, what was taken before counts, except with a checksum.
   * @returns the bytes that count now
   * @throws HoldfastError `payload_too_large`, `checksum_mismatch`, `insufficient_storage`; what `source` throws; the signal's reason
   */
  async append(id: string, source: AsyncIterable<Uint8Array>, options: AppendOptions): Promise<number> {
    const state = await this.#stateOf(id)
    // From now on nobody takes the file for one that has to be recovered.
    this.#states.set(id, state)
    const file = await this.#open(id)
    const writer = new StagedWriter({
      file,
      state,
      faults: this.#faults,
      sizes: this.#sizes,
      syncName: state.nextSequence === 1 ? () => this.#disk.syncFolder() : undefined,
      onDurable: (offset) => this.#states.set(id, { ...writer.state, offset }),
    })
    try {
      await this.#receive(writer, source, options)
      return writer.state.offset
    } catch (error) {
      throw asStoreError(error)
    } finally {
      this.#states.set(id, writer.state)
      await file.close()
    }
  }

  async #receive(
    writer: StagedWriter,
    source: AsyncIterable<Uint8Array>,
    { signal, maxBytes, checksum }: AppendOptions,
  ): Promise<void> {
    const hash = checksum === undefined ? undefined : createHash(checksum.algorithm)
    const end = writer.position + maxBytes
    try {
      for await (const piece of abortable(source, signal)) {
        if (writer.position + piece.length > end) throw beyondLength(maxBytes)
        hash?.update(piece)
        await writer.append(piece, hash === undefined)
      }
      if (checksum !== undefined && hash?.digest().equals(checksum.digest) === false)
        throw new HoldfastError('checksum_mismatch')
      await writer.commit()
    } catch (error) {
      // A full disk takes no more, but may keep what it took.
      if (hash === undefined)
        await writer
          .commit()
          .catch(() => writer.commit())
          .catch(() => undefined)
      await writer.drop().catch(() => undefined)
      throw error
    }
  }

  /** The bytes that count, from the first on. What is added meanwhile is not among them. */
  async *read(id: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const { offset } = await this.#stateOf(id)
    if (offset === 0) return
    const file = await this.#open(id)
    try {
      for (let at = 0; at < offset; ) {
        signal?.throwIfAborted()
        const bytes = Buffer.allocUnsafeSlow(Math.min(READ_BYTES, offset - at))
        if ((await file.read(bytes, DATA_POSITION + at)) !== bytes.length)
          throw new Error(`the staged upload ${id} is shorter than it was`)
        at += bytes.length
        yield bytes
      }
    } finally {
      await file.close()
    }
  }

  /** Forgets an upload and gives its space back. Harmless when there is nothing. */
  async remove(id: string): Promise<void> {
    await this.#disk.remove(nameOf(id))
    this.#states.delete(id)
  }

  /** Every upload of which there are bytes, and when they were last written (milliseconds since 1970). */
  async *list(): AsyncGenerator<{ id: string; modifiedAt: number }, void, undefined> {
    for (const name of await this.#disk.names()) {
      const id = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : ''
      const modifiedAt = NAME.test(id) ? await this.#disk.modifiedAt(name) : undefined
      if (modifiedAt !== undefined) yield { id, modifiedAt }
    }
  }

  close(): Promise<void> {
    return this.#disk.close()
  }

  async #open(id: string): Promise<StagingFile> {
    try {
      return (await this.#disk.open(nameOf(id), true)) as StagingFile
    } catch (error) {
      throw asStoreError(error)
    }
  }

  async #stateOf(id: string): Promise<StagedState> {
    const known = this.#states.get(id) ?? this.#looking.get(id)
    if (known !== undefined) return known
    const looking = this.#look(id).finally(() => this.#looking.delete(id))
    this.#looking.set(id, looking)
    return looking
  }

  async #look(id: string): Promise<StagedState> {
    const file = await this.#disk.open(nameOf(id), false)
    if (file === undefined) return NOTHING_STAGED
    try {
      const state = await recoverStagedFile(file, this.#faults)
      this.#states.set(id, state)
      return state
    } finally {
      await file.close()
    }
  }
}

const nameOf = (id: string): string => {
  if (!NAME.test(id)) throw new TypeError(`no upload is called ${id}`)
  return `${id}${SUFFIX}`
}

const beyondLength = (maxBytes: number): HoldfastError =>
  new HoldfastError('payload_too_large', { detail: `${maxBytes} bytes are left of this upload.` })
