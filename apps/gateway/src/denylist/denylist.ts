import { unwatchFile, watchFile } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { blockKey } from '@packages/content/block-store/block-key'
import { Takedowns } from '@packages/db/takedowns'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { type Asked, DenyRules, type DenyStatus } from './deny-rules.ts'
import { KnownBlocks } from './known-blocks.ts'
import type { CheckPath } from './names-below.ts'
import { readDenyList } from './read-deny-list.ts'

export type DenylistOptions = {
  /** In their order: what a later one says, holds. */
  files: readonly string[]
  /** What operators have taken down, kept by whoever reads the policy log; nothing by default. */
  takedowns?: Pick<Takedowns, 'size' | 'of'>
  logger: MinimalLogger
  lookMs?: number
}

export type RulesChanged = 'lists' | 'takedowns'

/** By name, so that files that take the place of others are seen; half of what a change may take. */
const LOOK_MS = 400
const MAX_FILE_BYTES = 128 * 1024 * 1024
/** A look at a hashed list is seven digests, and a request has several. */
const REMEMBERED = 50_000
const REMEMBERED_PATH = 256

const refusal = (status: DenyStatus): HoldfastError =>
  new HoldfastError(status === 451 ? 'blocked_for_legal_reasons' : 'content_gone')

/**
 * What is denied here: the operator's denylists, read again when a file changes, and takedowns, which the policy log tells of and no list makes an exception
 * from. What cannot be read any more leaves the rules as they were.
 */
export class Denylist {
  readonly #options: DenylistOptions
  #rules = new DenyRules()
  readonly #takedowns: Pick<Takedowns, 'size' | 'of'>
  /** Of blocks by themselves, and of paths below them. */
  readonly #knownBlocks = new KnownBlocks<DenyStatus | null>([null, 410, 451])
  readonly #known = new Map<string, DenyStatus | null>()
  /** Of the block that was asked for last: one request asks several times. */
  #last: { root: CID; status: DenyStatus | null } | undefined
  readonly #listeners = new Set<(what: RulesChanged) => void>()
  #reading: Promise<void> = Promise.resolve()

  private constructor(options: DenylistOptions) {
    this.#options = options
    this.#takedowns = options.takedowns ?? new Takedowns()
  }

  /** @throws Error when a file cannot be read, or is no denylist: nothing is served then */
  static async open(options: DenylistOptions): Promise<Denylist> {
    const list = new Denylist(options)
    list.#rules = await list.#read()
    for (const file of options.files)
      watchFile(file, { interval: options.lookMs ?? LOOK_MS, persistent: false }, list.#changed)
    return list
  }

  /** Called when other rules are in force. */
  onChange(listener: (what: RulesChanged) => void): void {
    this.#listeners.add(listener)
  }

  /** Before anything is looked up. @throws HoldfastError `content_gone`, `blocked_for_legal_reasons` */
  check(asked: Asked): void {
    const status =
      asked.namespace === 'ipfs' ? this.#statusOfContent(asked.root, asked.rest) : this.#rules.statusOf(asked)
    if (status !== null) throw refusal(status)
  }

  /** Before all that is below a path is sent as one. @throws HoldfastError as `check` */
  checkBelow(asked: Asked): void {
    const status = this.#rules.statusBelow(asked)
    if (status !== null) throw refusal(status)
  }

  /**
   * For each path below those of `asked` that is sent with them, where there are rules that tell nobody what they are below; as `checkBelow`, which
   * knows nothing of those. What it says is not remembered.
   */
  pathCheck(asked: readonly Asked[]): CheckPath | undefined {
    if (!this.#rules.haveHashes) return undefined
    return (path) => {
      for (const above of asked) {
        const status = this.#rules.statusOf({ ...above, rest: [...above.rest, path] })
        if (status !== null) throw refusal(status)
      }
    }
  }

  /** Of a block wherever it lies, by its multihash. @throws HoldfastError as `check` */
  checkBlock(cid: CID): void {
    const status = this.statusOfBlock(cid)
    if (status !== null) throw refusal(status)
  }

  /** As `checkBlock`, for who tells nobody why. */
  statusOfBlock(cid: CID): DenyStatus | null {
    return this.#statusOfContent(cid, [])
  }

  /** What was asked before may be answered otherwise now. */
  takedownsChanged(): void {
    this.#forget('takedowns')
  }

  /** Reads the files now. Never rejects. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(async () => {
      try {
        this.#rules = await this.#read()
        this.#forget('lists')
      } catch (err) {
        this.#options.logger.error({ err }, 'a denylist cannot be read; the rules before stay in force')
      }
    })
    return this.#reading
  }

  async close(): Promise<void> {
    for (const file of this.#options.files) unwatchFile(file, this.#changed)
    await this.#reading
  }

  #statusOfContent(root: CID, rest: readonly string[]): DenyStatus | null {
    if (this.#rules.size === 0 && this.#takedowns.size === 0) return null
    if (rest.length > 0) return this.#lookUp(root, rest)
    if (this.#last?.root !== root) this.#last = { root, status: this.#lookUp(root, rest) }
    return this.#last.status
  }

  #lookUp(root: CID, rest: readonly string[]): DenyStatus | null {
    return rest.length === 0 ? this.#lookUpBlock(root) : this.#lookUpPath(root, rest)
  }

  #lookUpBlock(root: CID): DenyStatus | null {
    let status = this.#knownBlocks.get(root)
    if (status === undefined) {
      status = this.#judge(root, [])
      this.#knownBlocks.set(root, status)
    }
    return status
  }

  #lookUpPath(root: CID, rest: readonly string[]): DenyStatus | null {
    const path = `/${rest.join('/')}`
    const key = blockKey(root) + path
    let status = this.#known.get(key)
    if (status === undefined) {
      status = this.#judge(root, rest)
      if (path.length > REMEMBERED_PATH) return status
      if (this.#known.size >= REMEMBERED) this.#known.clear()
      this.#known.set(key, status)
    }
    return status
  }

  #judge(root: CID, rest: readonly string[]): DenyStatus | null {
    return this.#takedowns.of(root)?.status ?? this.#rules.statusOf({ namespace: 'ipfs', root, rest })
  }

  #forget(what: RulesChanged): void {
    this.#knownBlocks.clear()
    this.#known.clear()
    this.#last = undefined
    for (const listener of this.#listeners) listener(what)
  }

  readonly #changed = (): void => void this.reload()

  async #read(): Promise<DenyRules> {
    const rules = new DenyRules()
    for (const file of this.#options.files) {
      if ((await stat(file)).size > MAX_FILE_BYTES) throw new Error(`${file} is larger than 128 MiB`)
      const { bad, firstBad } = await readDenyList(await readFile(file, 'utf8'), rules)
      if (bad > 0) this.#options.logger.error({ file, bad, lines: firstBad }, 'lines of a denylist are no rules')
    }
    return rules
  }
}
