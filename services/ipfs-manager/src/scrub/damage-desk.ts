import type { SourceChain } from '@packages/content/block-sources/chain'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { NETWORK_CACHE_REALM, NODE_CACHE_REALM } from '@packages/content/cache/block-cache'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import {
  countDamage,
  type DamagedBlock,
  forgetDamage,
  openDamage,
  postponeHealing,
  recordDamage,
  recordHealed,
} from '@packages/db/damaged-blocks'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import type { StoreAlarms } from '../store-alarms.ts'

export type DamageDeskDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'id' | 'check' | 'heal' | 'isKnownDamaged' | 'stats'>
  /** Other copies within this store. */
  own: SourceChain
  /** Gateways of others; asked for content alone that everybody may have. */
  foreign: SourceChain
  /** Private nodes, by the CIDs of the own store: who may be asked for ciphertexts. */
  vault?: SourceChain
  alarms: StoreAlarms
  logger: MinimalLogger
}

export type DamageReport = { realm: string; cid: string }

const BATCH = 100
const LOOK_BATCH = 1_000
/** What was reported is not looked at again so soon, however often it is asked for. */
const REPORT_AGAIN_MS = 30_000
const MAX_REMEMBERED = 10_000
const PUBLIC_REALMS: ReadonlySet<string> = new Set([
  'public',
  'incomplete',
  'cache',
  NODE_CACHE_REALM,
  NETWORK_CACHE_REALM,
])

/** Where damage is reported, written down and healed. */
export class DamageDesk {
  readonly #deps: DamageDeskDeps
  readonly #reported = new Map<string, number>()
  readonly #pending = new Set<Promise<void>>()
  readonly #stop = new AbortController()
  #healing: Promise<void> | undefined
  #hasLooked = false
  #healed = 0
  #open = 0
  #brokenMarkers = 0

  constructor(deps: DamageDeskDeps) {
    this.#deps = deps
  }

  /** Since the start. */
  get healedBlocks(): number {
    return this.#healed
  }

  /** As of the last look. */
  get damagedBlocks(): number {
    return this.#open
  }

  /**
   * A reader has met a block that is not what it should be. Returns at once: the block is looked at, written down with its event, and healed behind the
   * caller's back. Reports that turn out wrong change nothing.
   */
  reportDamage(report: DamageReport): void {
    const key = `${report.realm} ${report.cid}`
    const now = performance.now()
    if (this.#stop.signal.aborted || now < (this.#reported.get(key) ?? 0)) return
    if (this.#reported.size >= MAX_REMEMBERED) this.#reported.clear()
    this.#reported.set(key, now + REPORT_AGAIN_MS)
    const work: Promise<void> = this.take(report)
      .then(() => this.heal())
      .catch((error) => this.#deps.logger.error({ err: error, ...report }, 'a damaged block could not be written down'))
      .finally(() => this.#pending.delete(work))
    this.#pending.add(work)
  }

  /** Looks at a block, and writes it down when it is damaged. */
  async take({ realm, cid }: DamageReport): Promise<void> {
    const { store, db, logger } = this.#deps
    const found = await store.check({ realm, cid: parseCid(cid) })
    if (found.state !== 'damaged') return
    const damage: DamagedBlock = {
      storeId: store.id,
      realm,
      cid: canonicalCid(found.cid),
      reason: found.reason,
    }
    if (!(await recordDamage(db.unitOfWork, damage))) return
    logger.error({ ...damage }, 'a stored block is damaged; it is not served until it is healed')
    await this.tell()
  }

  /** Tries to heal what is due; one run at a time, and one more when it was asked for meanwhile. */
  async heal(): Promise<void> {
    while (this.#healing !== undefined) await this.#healing
    this.#healing = this.#healDue().finally(() => {
      this.#healing = undefined
    })
    await this.#healing
  }

  /**
   * Looks at what may be sound by now: blocks that somebody has brought again, and reports of other processes. The first time at all that is
   * open, due or not: a disk may have been repaired while the platform was stopped, and sources that failed may be there again.
   */
  async lookAgain(): Promise<void> {
    const { db, store } = this.#deps
    const isFirst = !this.#hasLooked
    this.#hasLooked = true
    for (const damage of await openDamage(db.kysely, store.id, { limit: LOOK_BATCH, due: false })) {
      if (this.#stop.signal.aborted) return
      if (isFirst || !store.isKnownDamaged({ realm: damage.realm, cid: parseCid(damage.cid) }))
        await this.#healOne(damage)
    }
    await this.tell()
  }

  async #healDue(): Promise<void> {
    const { db, store } = this.#deps
    for (;;) {
      const due = await openDamage(db.kysely, store.id, { limit: BATCH, due: true })
      for (const damage of due) {
        if (this.#stop.signal.aborted) return
        await this.#healOne(damage)
      }
      if (due.length > 0) await this.tell()
      if (due.length < BATCH) return
    }
  }

  async #healOne(damage: DamagedBlock): Promise<void> {
    const { db, logger } = this.#deps
    const { realm, cid } = damage
    try {
      const from = await this.#mend(damage)
      if (from === 'absent') await forgetDamage(db.kysely, damage)
      else if (from === undefined) await postponeHealing(db.kysely, damage, 'Nobody that was asked has the block.')
      else {
        await recordHealed(db.unitOfWork, damage, from)
        this.#reported.delete(`${realm} ${cid}`)
        this.#healed++
        logger.warn({ realm, cid, from }, 'a damaged block was healed')
      }
    } catch (error) {
      if (this.#stop.signal.aborted) return
      logger.warn({ err: error, realm, cid }, 'a damaged block could not be healed; it is tried again')
      await postponeHealing(db.kysely, damage, error instanceof Error ? error.message : String(error))
    }
  }

  /** Who had a sound copy; `absent` when nobody holds the block any more. */
  async #mend({ realm, cid: text }: DamagedBlock): Promise<string | undefined> {
    const { store, own, foreign, vault } = this.#deps
    const cid = parseCid(text)
    const { state } = await store.check({ realm, cid })
    if (state === 'absent') return state
    // Somebody has brought it again, or the disk could read it at last.
    if (state === 'sound') return 'upload'
    const options = { signal: this.#stop.signal }
    // A ciphertext's CID is nobody's business but of private nodes.
    if (realm !== PRIVATE_REALM && !PUBLIC_REALMS.has(realm)) return undefined
    const found =
      realm === PRIVATE_REALM
        ? await vault?.find(cid, options)
        : ((await own.find(cid, options).catch(() => undefined)) ?? (await foreign.find(cid, options)))
    if (found === undefined) return undefined
    return (await store.heal({ realm, cid, bytes: found.bytes })) ? found.from : 'absent'
  }

  /** A pass begins, or has found segments whose markers are damaged. */
  noteMarkers(count: number): void {
    this.#brokenMarkers = count
  }

  /** Raises the alarm, or ends it. */
  async tell(): Promise<void> {
    const { db, store, alarms } = this.#deps
    this.#open = await countDamage(db.kysely, store.id)
    const { brokenRoots } = await store.stats()
    const parts: string[] = []
    if (this.#open > 0) parts.push(`${this.#open} stored blocks are damaged and wait for a sound copy.`)
    if (brokenRoots > 0)
      parts.push(`${brokenRoots} roots are not whole in the index: stop, and run npm run store:rebuild-index.`)
    if (this.#brokenMarkers > 0)
      parts.push(`${this.#brokenMarkers} segments have damaged markers: a rebuild of the index would miss roots.`)
    if (parts.length === 0) alarms.clear('damaged_blocks')
    else alarms.raise('damaged_blocks', parts.join(' '))
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all([...this.#pending, this.#healing])
  }
}
