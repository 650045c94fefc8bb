import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { PolicyEntry } from '@packages/shared/policy-log'
import { sql } from 'kysely'

export type WithheldRootsDeps = {
  db: Pick<Database, 'kysely'>
  logger: MinimalLogger
  onChange(roots: readonly string[]): void
  /** A look has ended; `onChange` was called before it if it found something else. */
  onLooked(): void
}

/** Pins without a file come with no entry in the policy log. */
const LOOK_MS = 15_000
/** While nothing is known, nothing public is served. */
const FIRST_MS = 1_000
/** What others hold of the inner blocks changes as well: with uploads, and without one that is told here. */
const SOON_MS = 5_000
const AGAIN_MS = 600_000
const MAX_ROOTS = 500_000

/** The public roots that suspended organizations hold and nobody else does, as they come and go. */
export class WithheldRoots {
  readonly #deps: WithheldRootsDeps
  #roots: ReadonlySet<string> | undefined
  #toldAt = 0
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #isStale = false
  #asked = 0
  #looked = 0
  /** The roots may be the same, and what is below them not. */
  #walkAgain = false
  #soon: NodeJS.Timeout | undefined
  #stopped = false

  constructor(deps: WithheldRootsDeps) {
    this.#deps = deps
  }

  /** Canonical CIDs; null while they are not known, and so anything may be one of them. */
  get roots(): readonly string[] | null {
    return this.#roots === undefined ? null : [...this.#roots]
  }

  /** The number of the last look that was asked for. */
  get asked(): number {
    return this.#asked
  }

  /** Of those that were asked for, the last one whose answer is known. */
  get looked(): number {
    return this.#looked
  }

  /** Before any worker serves. What cannot be looked up now is tried again; `onChange` tells of it then. */
  async start(): Promise<void> {
    const begun = performance.now()
    try {
      this.#roots = new Set(await this.#find())
    } catch (err) {
      this.#deps.logger.error({ err }, 'what suspended tenants hold could not be looked up: nothing public is served')
    }
    this.#lookLater(performance.now() - begun)
  }

  /** A tenant was suspended or restored, or somebody else has uploaded what is withheld, or something that is below it. */
  hear(entries: readonly PolicyEntry[]): void {
    for (const entry of entries)
      if (
        entry.kind === 'organization.changed' ||
        (entry.kind === 'file.named' && this.#roots?.has(entry.cid) === true)
      )
        this.#look()
      else if (entry.kind === 'file.named' && this.#roots !== undefined && this.#roots.size > 0) this.#lookSoon()
  }

  #lookSoon(): void {
    if (this.#stopped) return
    const waitMs = Math.max(0, this.#toldAt + SOON_MS - performance.now())
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined
      this.#walkAgain = true
      this.#look()
    }, waitMs).unref()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#soon)
    await this.#looking
  }

  /** Calls that come while a look runs become one more. */
  #look(): void {
    if (this.#stopped) return
    this.#isStale = true
    this.#asked++
    this.#looking ??= this.#lookUntilFresh()
  }

  async #lookUntilFresh(): Promise<void> {
    clearTimeout(this.#timer)
    const begun = performance.now()
    while (this.#isStale && !this.#stopped) {
      this.#isStale = false
      const asked = this.#asked
      try {
        this.#take(await this.#find())
        this.#looked = asked
        this.#deps.onLooked()
      } catch (err) {
        // What was withheld stays so; the timer asks again.
        this.#deps.logger.warn({ err }, 'what suspended tenants hold could not be looked up')
      }
    }
    this.#looking = undefined
    this.#lookLater(performance.now() - begun)
  }

  /** Tenants with many pins must not keep the database busy. */
  #lookLater(tookMs: number): void {
    const leastMs = this.#roots === undefined ? FIRST_MS : LOOK_MS
    if (!this.#stopped) this.#timer = setTimeout(() => this.#look(), Math.max(leastMs, 20 * tookMs)).unref()
  }

  #take(found: readonly string[]): void {
    const roots = new Set(found)
    const known = this.#roots
    const isSame = roots.size === known?.size && found.every((root) => known.has(root))
    const mayBeLeft = !this.#walkAgain && performance.now() - this.#toldAt < AGAIN_MS
    if (isSame && (roots.size === 0 || mayBeLeft)) return
    this.#walkAgain = false
    this.#roots = roots
    this.#toldAt = performance.now()
    this.#deps.onChange(found)
  }

  async #find(): Promise<string[]> {
    const { rows } = await sql<{ cid: string }>`
      select distinct c.cid from organizations o
        join pins p on p.organization_id = o.id join contents c on c.id = p.content_id
      where o.state = 'suspended' and c.realm = 'public' and c.state = 'held' and not exists (
        select from pins other join organizations its on its.id = other.organization_id
        where other.content_id = c.id and its.state <> 'suspended')
      order by c.cid limit ${MAX_ROOTS + 1}
    `.execute(this.#deps.db.kysely)
    if (rows.length > MAX_ROOTS)
      this.#deps.logger.error({ roots: MAX_ROOTS }, 'suspended tenants hold more roots than can be withheld')
    return rows.slice(0, MAX_ROOTS).map(({ cid }) => cid)
  }
}
