import { HoldfastError } from '@packages/shared/holdfast-error'
import { CID } from 'multiformats/cid'
import type { BlockSink } from '../block-source.ts'
import { DirectoryBuilder, type StoredDirectory } from './directory-builder.ts'
import { EntryRecords } from './entry-records.ts'
import type { FolderLimits } from './folder-limits.ts'
import { type FolderDirectory, FolderTree, OPEN } from './folder-tree.ts'
import { importFile } from './import-file.ts'
import { checkDirectoryProfile, checkImportProfile, type ImportProfile } from './import-profile.ts'

export type FolderImportOptions = {
  sink: BlockSink
  profile: ImportProfile
  signal?: AbortSignal
  limits?: Partial<FolderLimits>
}

export type ImportedFolder = {
  root: CID
  kind: 'file' | 'directory'
  /** Of the only entry at the top; null when there are several. */
  name: string | null
  /** Bytes of all files. */
  size: number
  /** Bytes of all blocks, a repeated one counted each time: the Tsize of a link to the root. */
  dagSize: number
  /** Blocks given to the sink, repeated ones counted each time; those of `addEntry` are not among them. */
  blocks: number
  /** Files and directories, a wrapping one not counted. */
  entries: number
}

/**
 * Makes one root of files that come in any order: blocks of files go to the sink as they come, those of directories on
 * `finish`. Holds a name and some 40 bytes for each entry.
 */
export class FolderImport {
  readonly #options: FolderImportOptions
  readonly #tree: FolderTree
  readonly #records = new EntryRecords()
  readonly #directories: DirectoryBuilder
  #size = 0
  #blocks = 0

  /** @throws HoldfastError `invalid_request` for a bad profile */
  constructor(options: FolderImportOptions) {
    checkImportProfile(options.profile)
    checkDirectoryProfile(options.profile)
    this.#options = options
    this.#tree = new FolderTree(options.limits)
    this.#directories = new DirectoryBuilder(options.sink, options.profile)
  }

  /**
   * Imports a file; several may be under way at once.
   * @throws HoldfastError `invalid_path`, before anything is read, for a bad path or one that is taken;
   *   `payload_too_large` above a limit of the folder; what `importFile` throws, and the path is free again.
   */
  async addFile(path: string[], source: AsyncIterable<Uint8Array>): Promise<{ root: CID; size: number }> {
    const place = this.#tree.claimFile(path)
    const { sink, profile, signal } = this.#options
    try {
      const file = await importFile(source, { sink, profile, ...(signal === undefined ? {} : { signal }) })
      place.parent.set(place.name, this.#records.add(file.root.bytes, file.dagSize))
      this.#size += file.size
      this.#blocks += file.blocks
      return { root: file.root, size: file.size }
    } catch (error) {
      this.#tree.releaseFile(place)
      throw error
    }
  }

  /**
   * An empty directory, or one that gets entries later; one that exists already is fine.
   * @throws HoldfastError `invalid_path`, `payload_too_large`
   */
  addDirectory(path: string[]): void {
    this.#tree.makeDirectory(path)
  }

  /** A file (or any DAG) that the sink has already. @throws HoldfastError `invalid_path`, `payload_too_large` */
  addEntry(path: string[], entry: { cid: CID; size: number; dagSize: number }): void {
    const { parent, name } = this.#tree.claimFile(path)
    parent.set(name, this.#records.add(entry.cid.bytes, entry.dagSize))
    this.#size += entry.size
  }

  /**
   * Stores the directories, children before parents. The root is what the only entry at the top is (as `ipfs add -r folder`
   * or `ipfs add file`), or a directory over all; `wrap` puts the only entry into a directory too. Once only.
   * @throws HoldfastError `invalid_request` without any entry, or what the sink throws; the signal's reason
   */
  async finish({ wrap = false }: { wrap?: boolean } = {}): Promise<ImportedFolder> {
    const top = this.#tree.root
    if (top.size === 0) throw new HoldfastError('invalid_request', { detail: 'A folder needs at least one entry.' })
    const [name, only] = top.size === 1 ? ([...top][0] as [string, number | FolderDirectory]) : []
    const entries = this.#tree.entries
    const common = {
      name: name ?? null,
      size: this.#size,
      entries,
    }
    if (typeof only === 'number' && !wrap) {
      const { cid, dagBytes } = this.#record(only)
      return { root: CID.decode(cid), kind: 'file', dagSize: dagBytes, blocks: this.#blocks, ...common }
    }
    const { cid, dagBytes } = await this.#storeDirectory(
      only === undefined || typeof only === 'number' || wrap ? top : only,
    )
    const blocks = this.#blocks + this.#directories.blocks
    return { root: cid, kind: 'directory', dagSize: dagBytes, blocks, ...common }
  }

  async #storeDirectory(directory: FolderDirectory): Promise<StoredDirectory> {
    for (const [name, child] of directory)
      if (child instanceof Map) {
        const { cid, dagBytes } = await this.#storeDirectory(child)
        directory.set(name, this.#records.add(cid.bytes, dagBytes))
      }
    this.#options.signal?.throwIfAborted()
    return this.#directories.build([...directory.keys()], (name) => this.#record(directory.get(name) as number))
  }

  #record(place: number): { cid: Uint8Array; dagBytes: number } {
    if (place === OPEN) throw new Error('a folder is finished only after all of its files')
    return this.#records.read(place)
  }
}
