import type { StagingDisk, StagingFile } from './staging-disk.ts'

type Write = { position: number; bytes: Buffer } | { length: number }

type ModelFile = {
  /** What a reader sees now. */
  content: Buffer
  /** What is on the platter for certain. */
  durable: Buffer
  /** Done since the last sync; a power cut keeps any of it, whole or torn. */
  pending: Write[]
  named: boolean
}

/** Disks write sectors of this size as one. */
const SECTOR = 512

/** A folder in memory that knows what a power cut may leave of it: everything synced, and anything of the rest. */
export class PowerCutDisk implements StagingDisk {
  readonly #random: () => number
  #files = new Map<string, ModelFile>()
  /** Operations that may still be done; then every one fails, as when the process is killed. */
  operationsLeft = Number.POSITIVE_INFINITY
  /** Bytes that fit. */
  capacity = Number.POSITIVE_INFINITY
  /** Called before each operation. */
  onOperation: (() => Promise<void>) | undefined

  constructor(random: () => number) {
    this.#random = random
  }

  async open(name: string, make: boolean): Promise<StagingFile | undefined> {
    await this.#step()
    let file = this.#files.get(name)
    if (file === undefined) {
      if (!make) return undefined
      file = { content: Buffer.alloc(0), durable: Buffer.alloc(0), pending: [], named: false }
      this.#files.set(name, file)
    }
    return this.#handle(file)
  }

  async remove(name: string): Promise<void> {
    await this.#step()
    this.#files.delete(name)
  }

  async syncFolder(): Promise<void> {
    await this.#step()
    for (const file of this.#files.values()) file.named = true
  }

  async names(): Promise<string[]> {
    return [...this.#files.keys()]
  }

  async modifiedAt(name: string): Promise<number | undefined> {
    return this.#files.has(name) ? 0 : undefined
  }

  async close(): Promise<void> {}

  /** `kill -9`: the process is gone, what it wrote is in the page cache. */
  kill(): void {
    this.operationsLeft = Number.POSITIVE_INFINITY
  }

  /** The machine goes off: of what was not synced any part is left, in any order. */
  cutPower(): void {
    this.operationsLeft = Number.POSITIVE_INFINITY
    for (const [name, file] of this.#files) {
      if (!file.named && this.#random() < 0.5) {
        this.#files.delete(name)
        continue
      }
      let left = file.durable
      for (const write of file.pending) if (this.#random() < 0.6) left = apply(left, this.#torn(write))
      file.content = left
      file.durable = Buffer.from(left)
      file.pending = []
      file.named = true
    }
  }

  #torn(write: Write): Write {
    if ('length' in write || this.#random() < 0.6) return write
    const { position, bytes } = write
    // Only some of its sectors, the others as zeros or rubbish where the file grew.
    const kept = Buffer.from(bytes)
    for (let at = 0, next = 0; at < bytes.length; at = next) {
      next = Math.min(bytes.length, at + SECTOR - ((position + at) % SECTOR))
      if (this.#random() < 0.5) kept.fill(this.#random() < 0.5 ? 0 : 0xa5, at, next)
    }
    return { position, bytes: kept }
  }

  async #step(): Promise<void> {
    await this.onOperation?.()
    if (this.operationsLeft-- <= 0) throw new Error('the process was killed')
  }

  #handle(file: ModelFile): StagingFile {
    return {
      read: async (into, position) => {
        await this.#step()
        return position < file.content.length ? file.content.copy(into, 0, position) : 0
      },
      write: async (pieces, position) => {
        await this.#step()
        const write = { position, bytes: Buffer.concat(pieces) }
        if (position + write.bytes.length > this.capacity)
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
        file.content = apply(file.content, write)
        file.pending.push(write)
      },
      truncate: async (length) => {
        await this.#step()
        file.content = apply(file.content, { length })
        file.pending.push({ length })
      },
      sync: async () => {
        const upTo = file.pending.length
        const durable = Buffer.from(file.content)
        await this.#step()
        file.durable = durable
        file.pending.splice(0, upTo)
      },
      size: async () => file.content.length,
      close: async () => {},
    }
  }
}

const apply = (content: Buffer, write: Write): Buffer => {
  if ('length' in write) {
    const cut = Buffer.alloc(write.length)
    content.copy(cut)
    return cut
  }
  const grown = Buffer.alloc(Math.max(content.length, write.position + write.bytes.length))
  content.copy(grown)
  write.bytes.copy(grown, write.position)
  return grown
}
