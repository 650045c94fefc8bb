import { statfsSync } from 'node:fs'
import { constants } from 'node:os'
import { type Database, open, type RootDatabase } from 'lmdb'
import type { SegmentKind } from './commit-marker.ts'
import { noSpaceError } from './store-error.ts'

export type BinaryDatabase = Database<Buffer, Buffer>

/** What the index knows of a segment. `length` is how far it is committed. */
export type SegmentMeta = {
  realm: string
  kind: SegmentKind
  sealed: boolean
  length: number
  /** Of its markers, hexadecimal; see `SegmentTitle`. */
  secret: string
  /** Blocks of it that the index points at, and their bytes. */
  blocks: number
  bytes: number
  /** Roots whose marker lies in it: a rebuilt index needs the marker as much as the blocks. */
  roots: number
  /** Segments that hold the marker of a root whose release marker lies here, or an older copy of a marker: this one must outlive them. */
  shadows: number
  /** Bytes of the release markers that a compaction brought here; they are needed as long as there are shadows. */
  carried?: number
  /** Blocks of it that nothing points at any more, or never did: their bytes are still in the file. A rebuilt index does not know. */
  freed?: number
  /**
   * Bytes that were found by a rebuild and that no readable marker speaks for: a torn tail, or commits whose marker is damaged. There is no
   * telling which, so the segment is never cut or removed.
   */
  unclaimed?: number
}

export const newSegmentMeta = (kind: SegmentKind, realm: string, secret: Buffer): SegmentMeta => ({
  realm,
  kind,
  sealed: false,
  length: 0,
  secret: secret.toString('hex'),
  blocks: 0,
  bytes: 0,
  roots: 0,
  shadows: 0,
})

/** An upload of more than one slice, whose marker is durable and whose blocks are being indexed. */
export type PendingUpload = {
  contentId: string
  realm: string
  cid: string
  segment: number
  start: number
  end: number
  addedAt: number
  /** Of its distinct blocks. */
  bytes: number
  blocks: number
}

export type IndexMeta = { storeId: string; sequence: number; nextSegment: number; brokenRoots: number; layout: 1 }

const OPTIONS = { keyEncoding: 'binary', encoding: 'binary' } as const
/** Named databases: one per realm and the fixed ones. */
const MAX_DATABASES = 1_024
const META_KEY = Buffer.from('meta')
/** Abortable, and committed when the call returns. */
const SYNC = 3
/** MDB_NOMETASYNC, which LMDB takes for one transaction too; lmdb's own types do not name it. */
const NO_META_SYNC = 0x4_00_00

const u32 = (value: number): Buffer => {
  const key = Buffer.allocUnsafe(4)
  key.writeUInt32BE(value)
  return key
}

/** Opens the LMDB environment with the same settings wherever it is opened: they must agree between processes. */
export const openEnvironment = (
  path: string,
  options: { readOnly?: boolean; noSync?: boolean },
): RootDatabase<Buffer, Buffer> =>
  open<Buffer, Buffer>({
    path,
    ...OPTIONS,
    noSubdir: false,
    maxDbs: MAX_DATABASES,
    maxReaders: 512,
    overlappingSync: false,
    readOnly: options.readOnly ?? false,
    noSync: options.noSync ?? false,
  })

/** Places where damage was found; see `DamagedPlaces`. */
export const DAMAGED_DATABASE = 'damaged'
export const ROOTS_DATABASE = 'roots'

export const blocksDatabaseName = (realm: string): string => `blocks/${realm}`

const FULL_BYTES = 1024 * 1024

// LMDB tells a write that a full disk cut short as an i/o error (mdb.c: "short write, filesystem full?").
const isShortWrite = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === constants.errno.EIO

const isFull = (path: string): boolean => {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize < FULL_BYTES
}

/** The LMDB index: named databases and their records. Everything that writes must run inside `transaction`. */
export class StoreIndex {
  readonly environment: RootDatabase<Buffer, Buffer>
  readonly roots: BinaryDatabase
  readonly owners: BinaryDatabase
  readonly pending: BinaryDatabase
  readonly releasing: BinaryDatabase
  readonly staging: BinaryDatabase
  readonly shadows: BinaryDatabase
  /** Roots that are not whole, by content id: realm, and the segment of the marker. */
  readonly broken: BinaryDatabase
  readonly damaged: BinaryDatabase
  readonly #path: string
  readonly #meta: BinaryDatabase
  readonly #segments: BinaryDatabase
  readonly #blocks = new Map<string, BinaryDatabase>()

  constructor(path: string, options: { noSync?: boolean } = {}) {
    this.#path = path
    this.environment = openEnvironment(path, options)
    this.#meta = this.#open('meta')
    this.#segments = this.#open('segments')
    this.roots = this.#open(ROOTS_DATABASE)
    this.owners = this.#open('owners')
    this.pending = this.#open('pending')
    this.releasing = this.#open('releasing')
    this.staging = this.#open('staging')
    this.shadows = this.#open('shadows')
    this.broken = this.#open('broken')
    this.damaged = this.#open(DAMAGED_DATABASE)
    this.blocks('public')
  }

  #open(name: string): BinaryDatabase {
    return this.environment.openDB<Buffer, Buffer>(name, { ...OPTIONS })
  }

  /** The block index of a realm; made at first use, so it must not be called first inside a transaction. */
  blocks(realm: string): BinaryDatabase {
    let database = this.#blocks.get(realm)
    if (database === undefined) {
      database = this.#open(blocksDatabaseName(realm))
      this.#blocks.set(realm, database)
    }
    return database
  }

  /**
   * One synchronous transaction, on the disk when this returns; rolled back when `action` throws.
   * @param metaSync false: a power cut may undo it until the next transaction is written, and no more than it (LMDB's
   *   MDB_NOMETASYNC). Only for what the markers of a segment say as well: it is rolled forward from them
   */
  transaction<T>(action: () => T, { metaSync = true }: { metaSync?: boolean } = {}): T {
    try {
      return this.environment.transactionSync(action, metaSync ? SYNC : SYNC | NO_META_SYNC)
    } catch (error) {
      throw isShortWrite(error) && isFull(this.#path) ? noSpaceError(error) : error
    }
  }

  meta(): IndexMeta | undefined {
    const bytes = this.#meta.get(META_KEY)
    return bytes === undefined ? undefined : JSON.parse(bytes.toString())
  }

  putMeta(meta: IndexMeta): void {
    this.#meta.putSync(META_KEY, Buffer.from(JSON.stringify(meta)))
  }

  segment(id: number): SegmentMeta | undefined {
    const bytes = this.#segments.get(u32(id))
    return bytes === undefined ? undefined : JSON.parse(bytes.toString())
  }

  putSegment(id: number, meta: SegmentMeta): void {
    this.#segments.putSync(u32(id), Buffer.from(JSON.stringify(meta)))
  }

  removeSegment(id: number): void {
    this.#segments.removeSync(u32(id))
  }

  segments(): Map<number, SegmentMeta> {
    const all = new Map<number, SegmentMeta>()
    for (const { key, value } of this.#segments.getRange({})) all.set(key.readUInt32BE(0), JSON.parse(value.toString()))
    return all
  }

  pendingUploads(): PendingUpload[] {
    return [...this.pending.getRange({})].map(({ value }) => JSON.parse(value.toString()))
  }

  /**
   * Notes that `younger` must outlive `older`; true when it was not known. `loose`: which of its release markers are the reason is not told by
   * their `of`, so all of them are.
   */
  addShadow(older: number, younger: number, loose = false): boolean {
    const key = Buffer.concat([u32(older), u32(younger)])
    const known = this.shadows.get(key)
    if (known !== undefined && (!loose || known[0] === 1)) return false
    this.shadows.putSync(key, Buffer.of(loose ? 1 : 0))
    return known === undefined
  }

  /** The segments that `younger` must outlive, and whether that is loose. */
  shadowsOf(younger: number): Map<number, { loose: boolean }> {
    const olders = new Map<number, { loose: boolean }>()
    for (const { key, value } of this.shadows.getRange({}))
      if (key.readUInt32BE(4) === younger) olders.set(key.readUInt32BE(0), { loose: value[0] === 1 })
    return olders
  }

  removeShadow(older: number, younger: number): void {
    this.shadows.removeSync(Buffer.concat([u32(older), u32(younger)]))
  }

  /** Forgets `older`; returns the segments that need not outlive it any more. */
  takeShadows(older: number): number[] {
    const keys = [...this.shadows.getKeys({ start: u32(older), end: u32(older + 1) })].map((key) => Buffer.from(key))
    for (const key of keys) this.shadows.removeSync(key)
    return keys.map((key) => key.readUInt32BE(4))
  }

  /** Reads every entry of every database. @throws Error when LMDB meets a page that is none. */
  readAll(): void {
    for (const name of this.environment.getKeys({})) {
      const database = this.#open(Buffer.from(name).toString('latin1'))
      for (const { value } of database.getRange({})) if (value === undefined) throw new Error('an entry without value')
    }
    this.environment.getStats()
  }

  async close(): Promise<void> {
    await this.environment.close()
  }
}

/** Inside a transaction: what an upload has written and did not need, as others hold it already, is dead from its first day. */
export const noteUnused = (index: StoreIndex, segment: number, written: number): void => {
  const meta = index.segment(segment)
  if (meta !== undefined && meta.blocks < written)
    index.putSegment(segment, { ...meta, freed: (meta.freed ?? 0) + written - meta.blocks })
}
