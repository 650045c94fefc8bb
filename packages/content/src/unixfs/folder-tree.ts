import { HoldfastError } from '@packages/shared/holdfast-error'
import { FOLDER_LIMITS, type FolderLimits } from './folder-limits.ts'
import { checkPathSegments, invalidPath } from './folder-path.ts'

/** A file that is being imported. */
export const OPEN = -1

/** A directory being gathered: names with where a file's record lies (or `OPEN`), or what is below a directory. */
export type FolderDirectory = Map<string, number | FolderDirectory>

export type ClaimedPlace = { parent: FolderDirectory; name: string }

/** The names of a folder, each once, in any order of coming. */
export class FolderTree {
  readonly root: FolderDirectory = new Map()
  readonly #limits: FolderLimits
  #entries = 0
  #nameBytes = 0

  constructor(limits: Partial<FolderLimits> = {}) {
    this.#limits = { ...FOLDER_LIMITS, ...limits }
  }

  /** Files and directories. */
  get entries(): number {
    return this.#entries
  }

  /**
   * Takes the place of a file, which is `OPEN` until it is set.
   * @throws HoldfastError `invalid_path` for a bad path, or one that is taken by a file or directory; `payload_too_large`
   *   above a limit. Both name the path.
   */
  claimFile(path: readonly string[]): ClaimedPlace {
    checkPathSegments(path)
    const name = path.at(-1)
    if (name === undefined) throw invalidPath('', 'a name is empty')
    const parent = this.#directory(path, path.length - 1)
    const taken = parent.get(name)
    if (taken !== undefined)
      throw invalidPath(
        path.join('/'),
        taken instanceof Map ? 'there is a directory of this name' : 'there is a file of this name already',
      )
    this.#count(path, name)
    parent.set(name, OPEN)
    return { parent, name }
  }

  /** Gives the place of a file free again that never came whole. */
  releaseFile({ parent, name }: ClaimedPlace): void {
    parent.delete(name)
    this.#entries--
    this.#nameBytes -= Buffer.byteLength(name)
  }

  /** Makes the directory and those above it where they are missing. @throws as `claimFile` */
  makeDirectory(path: readonly string[]): void {
    checkPathSegments(path)
    this.#directory(path, path.length)
  }

  #directory(path: readonly string[], depth: number): FolderDirectory {
    let directory = this.root
    for (const name of path.slice(0, depth)) {
      let next = directory.get(name)
      if (next === undefined) {
        this.#count(path, name)
        next = new Map()
        directory.set(name, next)
      }
      if (!(next instanceof Map))
        throw invalidPath(path.join('/'), `there is a file of the name ${JSON.stringify(name)}`)
      directory = next
    }
    return directory
  }

  #count(path: readonly string[], name: string): void {
    const { maxEntries, maxNameBytes } = this.#limits
    this.#entries++
    this.#nameBytes += Buffer.byteLength(name)
    if (this.#entries <= maxEntries && this.#nameBytes <= maxNameBytes) return
    const most = this.#entries > maxEntries ? `${maxEntries} entries` : `${maxNameBytes} bytes of names`
    const detail = `A folder has ${most} at most; ${JSON.stringify(path.join('/').slice(0, 200))} is one too many.`
    throw new HoldfastError('payload_too_large', { detail })
  }
}
