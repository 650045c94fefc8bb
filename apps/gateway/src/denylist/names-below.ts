import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
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

/** Of blocks that have been read: what is kept of them for other paths that lead there, and how much is gone through again, which has 90,000 names at most. */
const KEPT_BYTES = 4 * 1024 * 1024
const AGAIN_BYTES = 4 * 1024 * 1024

/** A block that has not been read, and the paths that lead to it. */
type Place = { cid: CID; paths: Set<string> }

/** A block that has been read, by another path. */
type Again = { cid: CID; bytes: Uint8Array; path: string }

/**
 * The paths of what lies below a root, each checked when the block that its last name stands in is read: before anybody gets what it leads to. Where blocks are
 * read once, those that are kept are gone through again for each other path that leads to them.
 */
export class NamesBelow {
  readonly #asked: ChecksBelow
  readonly #places = new Map<BlockKey, Place>()
  readonly #seen = new KeyTable()
  readonly #kept = new Map<BlockKey, Uint8Array>()
  #keptBytes = 0
  #againBytes = 0
  #openCharacters = 0
  #checked = 0

  constructor(asked: ChecksBelow) {
    this.#asked = asked
    this.#add(asked.root, '', [])
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
    const over = new AbortController()
    const late = sleep(AHEAD_MS, undefined, { signal: over.signal, ref: false }).catch(() => undefined)
    try {
      for (const { cid } of this.#places.values()) {
        if (this.#checked >= AHEAD_NAMES || performance.now() >= until) return
        // What cannot be read is for whoever sends it to meet, and what comes late, as from far away, is read then.
        const bytes = await Promise.race([source.get(cid).catch(() => undefined), late])
        if (bytes !== undefined) await this.#read(cid, bytes)
      }
    } finally {
      over.abort()
    }
  }

  async #read(cid: CID, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
    if (!mayHaveSteps(cid)) return
    const key = blockKey(cid)
    const place = this.#places.get(key)
    if (place === undefined) return
    this.#places.delete(key)
    if (!this.#asked.repeats) this.#keep(key, bytes)
    const again: Again[] = []
    for (const path of place.paths) {
      this.#openCharacters -= path.length + PATH_CHARACTERS
      await this.#goOn({ cid, bytes, path }, again, signal)
    }
    for (let next = again.pop(); next !== undefined; next = again.pop()) {
      this.#openCharacters -= next.path.length + PATH_CHARACTERS
      this.#againBytes += next.bytes.length + 1
      if (this.#againBytes <= AGAIN_BYTES) await this.#goOn(next, again, signal)
    }
  }

  #keep(key: BlockKey, bytes: Uint8Array): void {
    this.#seen.number(key)
    if (this.#keptBytes + bytes.length > KEPT_BYTES) return
    this.#keptBytes += bytes.length
    this.#kept.set(key, Uint8Array.from(bytes))
  }

  /** @param again gets what has been read before */
  async #goOn({ cid, bytes, path }: Again, again: Again[], signal: AbortSignal | undefined): Promise<void> {
    for (const { names, cid: to } of pathSteps(cid, bytes)) {
      const below = path === '' ? names.join('/') : [path, ...names].join('/')
      if (below.length > MAX_PATH) continue
      if (names.length > 0) await this.#checkNext(below, signal)
      // It is its own block, which nobody reads.
      if (isIdentity(to)) await this.#goOn({ cid: to, bytes: to.multihash.digest, path: below }, again, signal)
      else if (mayHaveSteps(to)) this.#add(to, below, again)
    }
  }

  async #checkNext(path: string, signal: AbortSignal | undefined): Promise<void> {
    this.#asked.checkPath(path)
    if (++this.#checked % TURN > 0) return
    await nextTurn()
    signal?.throwIfAborted()
  }

  #add(cid: CID, path: string, again: Again[]): void {
    const key = blockKey(cid)
    if (this.#seen.find(key) !== undefined) {
      this.#addAgain({ cid, path }, this.#kept.get(key), again)
      return
    }
    const place = this.#places.get(key) ?? { cid, paths: new Set() }
    this.#places.set(key, place)
    if (place.paths.has(path)) return
    place.paths.add(path)
    this.#openCharacters += path.length + PATH_CHARACTERS
    if (this.#openCharacters > MAX_OPEN_CHARACTERS)
      throw new DagLimitError(this.#asked.root, 'too many paths lead through it to look at each of them')
  }

  /** It is not sent again, and what it has was sent by a path that was allowed: beyond the limits it is let be. */
  #addAgain(what: Omit<Again, 'bytes'>, bytes: Uint8Array | undefined, again: Again[]): void {
    const characters = what.path.length + PATH_CHARACTERS
    if (bytes === undefined || this.#againBytes > AGAIN_BYTES) return
    if (this.#openCharacters + characters > MAX_OPEN_CHARACTERS) return
    this.#openCharacters += characters
    again.push({ ...what, bytes })
  }
}
