import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import { BackendError } from '../pin-backend.ts'

export type NodeGateDeps = {
  db: Pick<Database, 'kysely'>
  settings?: Partial<NodeGateSettings>
}

export type NodeGateSettings = {
  /** What a process that died held up is free after that time, by the clock of the database. */
  leaseMs: number
  /** How long a push waits for a node whose garbage is collected. */
  pushWaitsMs: number
  /** How long collecting waits for what is being pinned; then it gives up, and is tried again later. */
  patienceMs: number
  /** How long collecting waits for the first block of a fetch from the network; then it is broken off, and loses nothing by it. */
  firstBlockMs: number
  /** Since when collecting has to have been refused that those which have brought something are broken off as well: they go on afterwards. */
  breakAfterMs: number
}

const DEFAULTS: NodeGateSettings = {
  leaseMs: 15_000,
  pushWaitsMs: 30_000,
  patienceMs: 60_000,
  firstBlockMs: 10_000,
  breakAfterMs: 3_600_000,
}
const LOOK_MS = 100

/** A fetch had to go, so that the node could collect its garbage: it says nothing of the fetch. */
export class BrokenOff extends BackendError {
  constructor() {
    super('node_error', 'The node had to collect its garbage.')
  }
}

/** Whether a fetch has brought something so far; null for what is never broken off. */
export type HasBrought = (() => boolean) | null

type Work = { hasBrought: HasBrought; ending: AbortController }
type Gate = {
  running: Set<Work>
  leasedUntil: number
  isClosed: boolean
  timer?: NodeJS.Timeout
  refusedSince?: number
  /** Since when it is known that somebody, here or elsewhere, waits to collect. */
  wantedSince?: number
}

/**
 * Pushing to a node and collecting its garbage exclude one another, across processes: Kubo takes blocks that came and are not pinned yet for garbage, and
 * while it waits for a pin that stands still, every other pin waits behind it. A process that pushes holds a lease of the node, taken once for many pushes.
 */
export class NodeGate {
  readonly #db: Pick<Database, 'kysely'>
  readonly #settings: NodeGateSettings
  readonly #processId = randomUUIDv7()
  readonly #gates = new Map<string, Gate>()

  constructor({ db, settings }: NodeGateDeps) {
    this.#db = db
    this.#settings = { ...DEFAULTS, ...settings }
  }

  /**
   * Runs what pins on a node. Waits while its garbage is collected.
   * @param hasBrought of what can be broken off, and goes on later where it was: `work` gets the signal
   * @throws BackendError `node_error` when it took too long, BrokenOff; what `work` throws; the signal's reason
   */
  async pushing<T>(
    nodeId: string,
    { signal, hasBrought }: { signal: AbortSignal; hasBrought: HasBrought },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const gate = this.#gate(nodeId)
    const one: Work = { hasBrought, ending: new AbortController() }
    await this.#enter(nodeId, gate, one, signal)
    try {
      return await work(hasBrought === null ? signal : AbortSignal.any([signal, one.ending.signal]))
    } finally {
      gate.running.delete(one)
      if (gate.running.size === 0) clearInterval(gate.timer)
    }
  }

  /** Runs `work` while nobody pushes to the node. @throws BackendError `node_error` when somebody does all the time; what `work` throws; the signal's reason */
  async collecting<T>(nodeId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const gate = this.#gate(nodeId)
    if (gate.isClosed || !(await this.#claim(nodeId))) throw busy()
    gate.isClosed = true
    const timer = setInterval(() => void this.#claim(nodeId, true).catch(() => {}), this.#settings.leaseMs / 3)
    try {
      await this.#drained(nodeId, gate, signal)
      delete gate.refusedSince
      return await work()
    } finally {
      clearInterval(timer)
      gate.isClosed = false
      await sql`update nodes set gc_until = null where id = ${nodeId}`.execute(this.#db.kysely)
    }
  }

  #gate(nodeId: string): Gate {
    const gate = this.#gates.get(nodeId) ?? { running: new Set<Work>(), leasedUntil: 0, isClosed: false }
    this.#gates.set(nodeId, gate)
    return gate
  }

  async #enter(nodeId: string, gate: Gate, one: Work, signal: AbortSignal): Promise<void> {
    const until = performance.now() + this.#settings.pushWaitsMs
    for (;;) {
      signal.throwIfAborted()
      const isLeased = gate.running.size > 0 && gate.leasedUntil > performance.now()
      if (!gate.isClosed && (isLeased || (await this.#lease(nodeId, gate))) && !this.#gate(nodeId).isClosed) break
      if (performance.now() > until)
        throw new BackendError('node_error', 'The node collects its garbage; it takes nothing now.')
      await sleep(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
    gate.running.add(one)
    if (gate.running.size > 1) return
    clearInterval(gate.timer)
    delete gate.wantedSince
    gate.timer = setInterval(() => void this.#renew(nodeId, gate).catch(() => {}), this.#settings.leaseMs / 3)
    gate.timer.unref()
  }

  /** The row of the node is locked by both sides: one of them sees the other. */
  async #lease(nodeId: string, gate: Gate): Promise<boolean> {
    const { leaseMs } = this.#settings
    const begun = performance.now()
    const { rows } = await sql`
      insert into node_work (node_id, process_id, expires_at)
      select n.id, ${this.#processId}, clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond' from nodes n
      where n.id = ${nodeId} and (n.gc_until is null or n.gc_until < clock_timestamp()) for share
      on conflict (node_id, process_id) do update set expires_at = excluded.expires_at
      returning node_id
    `.execute(this.#db.kysely)
    if (rows.length > 0) gate.leasedUntil = begun + leaseMs
    return rows.length > 0
  }

  /** What runs keeps its lease; with somebody waiting to collect nothing new begins, and what has brought nothing does not go on for long. */
  async #renew(nodeId: string, gate: Gate): Promise<void> {
    const { leaseMs, firstBlockMs } = this.#settings
    const begun = performance.now()
    const { rows } = await sql<{ wanted: boolean }>`
      update node_work w set expires_at = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
      from nodes n where n.id = w.node_id and w.node_id = ${nodeId} and w.process_id = ${this.#processId}
      returning coalesce(n.gc_until > clock_timestamp(), false) as wanted
    `.execute(this.#db.kysely)
    gate.leasedUntil = rows[0]?.wanted === false ? begun + leaseMs : 0
    if (rows[0]?.wanted !== true) return void delete gate.wantedSince
    gate.wantedSince ??= begun
    if (begun - gate.wantedSince >= firstBlockMs) breakOff(gate, { all: false })
  }

  async #claim(nodeId: string, isOurs = false): Promise<boolean> {
    const { rows } = await sql`
      update nodes set gc_until = clock_timestamp() + ${this.#settings.leaseMs * 2}::float8 * interval '1 millisecond'
      where id = ${nodeId} and (${isOurs} or gc_until is null or gc_until < clock_timestamp()) returning id
    `.execute(this.#db.kysely)
    return rows.length > 0
  }

  async #drained(nodeId: string, gate: Gate, signal: AbortSignal): Promise<void> {
    const { patienceMs, firstBlockMs, breakAfterMs } = this.#settings
    const now = performance.now()
    gate.refusedSince ??= now
    const breaks = now - gate.refusedSince >= breakAfterMs
    while (gate.running.size > 0 || (await this.#othersPush(nodeId))) {
      // Each time: somebody may have asked before the gate was closed, and come in since.
      const waitedMs = performance.now() - now
      if (breaks || waitedMs >= firstBlockMs) breakOff(gate, { all: breaks })
      if (waitedMs > patienceMs) throw busy()
      await sleep(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
    signal.throwIfAborted()
  }

  async #othersPush(nodeId: string): Promise<boolean> {
    await sql`delete from node_work where node_id = ${nodeId} and expires_at < clock_timestamp()`.execute(
      this.#db.kysely,
    )
    const { rows } = await sql`
      select from node_work where node_id = ${nodeId} and process_id <> ${this.#processId} limit 1
    `.execute(this.#db.kysely)
    return rows.length > 0
  }
}

/** @param all those that have brought something as well */
const breakOff = ({ running }: Gate, { all }: { all: boolean }): void => {
  for (const { hasBrought, ending } of running)
    if (hasBrought !== null && (all || !hasBrought())) ending.abort(new BrokenOff())
}

const busy = (): BackendError => new BackendError('node_error', 'Something is being pinned on the node.')
