import { setImmediate as nextTurn } from 'node:timers/promises'
import { type BlockKey, blockKey, isIdentity } from '@packages/content/block-store/block-key'
import type { BlockSource } from '@packages/content/block-source'
import { KeyTable } from '@packages/content/car/key-table'
import { DagLimitError } from '@packages/content/unixfs/dag-errors'
import { mayHaveSteps, pathSteps } from '@packages/content/unixfs/path-steps'
import type { CID } from 'multiformats/cid'

/** Throws what a path below the root is denied by: names with slashes in between. */
export type CheckPath = (path: string) => void

export type ChecksBelow = {
  root: CID
  checkPath: CheckPath
  /** Blocks are read for each path that leads to them, and else once. */
  repeats: boolean
}

/** Names between two turns of the event loop: each takes some 20 µs. */
const TURN = 256
/** Names that are looked at before anything is sent, and milliseconds that reading them may take. */
const AHEAD_NAMES = 4_096
const AHEAD_MS = 2_000
/** What is longer is no address. */
const MAX_PATH = 16 * 1024
/** Of the paths of all blocks that are known and have not been read; one counts as `PATH_CHARACTERS` more than it has. */
const MAX_OPEN_CHARACTERS = 8 * 1024 * 1024
const PATH_CHARACTERS = 64

/** A block that has not been read, and the paths that lead to it. */
type Place = { cid: CID; paths: Set<string> }

/** The paths of what lies below a root, each checked when the block that its last name stands in is read: before anybody gets what it leads to. */
export class NamesBelow {
  readonly #asked: ChecksBelow
  readonly #places = new Map<BlockKey, Place>()
  readonly #seen = new KeyTable()
  #openCharacters = 0
  #checked = 0

  constructor(asked: ChecksBelow) {
    this.#asked = asked
    this.#add(asked.root, '')
  }

  /** The same blocks. @throws what `checkPath` throws; DagLimitError where too many paths lead through them; the signal's reason */
  guard(source: BlockSource): BlockSource {
    return {
      get: async (cid, options) => {
        const bytes = await source.get(cid, options)
        if (bytes !== undefined) await this.#read(cid, bytes, options?.signal)
        return bytes
      },
    }
  }

  /** Reads as far as that is quickly done, so that who asks for what is denied hears of it. @throws as `guard` */
  async lookAhead(source: BlockSource): Promise<void> {
    const until = performance.now() + AHEAD_MS
    for (const { cid } of this.#places.values()) {
      if (this.#checked >= AHEAD_NAMES || performance.now() >= until) return
      // What cannot be read is for whoever sends it to meet.
      const bytes = await source.get(cid).catch(() => undefined)
      if (bytes !== undefined) await this.#read(cid, bytes)
    }
  }

  async #read(cid: CID, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (!mayHaveSteps(cid)) return
    const key = blockKey(cid)
    const place = this.#places.get(key)
    if (place === undefined) return
    this.#places.delete(key)
    if (!this.#asked.repeats) this.#seen.number(key)
    for (const path of place.paths) {
      this.#openCharacters -= path.length + PATH_CHARACTERS
      await this.#goOn(cid, bytes, path, signal)
    }
  }

  async #goOn(cid: CID, bytes: Uint8Array, path: string, signal: AbortSignal | undefined): Promise<void> {
    for (const { names, cid: to } of pathSteps(cid, bytes)) {
      const below = path === '' ? names.join('/') : [path, ...names].join('/')
      if (below.length > MAX_PATH) continue
      if (names.length > 0) await this.#checkNext(below, signal)
      // It is its own block, which nobody reads.
      if (isIdentity(to)) await this.#goOn(to, to.multihash.digest, below, signal)
      else if (mayHaveSteps(to)) this.#add(to, below)
    }
  }

  async #checkNext(path: string, signal: AbortSignal | undefined): Promise<void> {
    this.#asked.checkPath(path)
    if (++this.#checked % TURN > 0) return
    await nextTurn()
    signal?.throwIfAborted()
  }

  #add(cid: CID, path: string): void {
    const key = blockKey(cid)
    // It is not sent again.
    if (this.#seen.find(key) !== undefined) return
    const place = this.#places.get(key) ?? { cid, paths: new Set() }
    this.#places.set(key, place)
    if (place.paths.has(path)) return
    place.paths.add(path)
    this.#openCharacters += path.length + PATH_CHARACTERS
    if (this.#openCharacters > MAX_OPEN_CHARACTERS)
      throw new DagLimitError(this.#asked.root, 'too many paths lead through it to look at each of them')
  }
}
