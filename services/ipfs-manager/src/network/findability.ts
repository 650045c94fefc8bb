import { canonicalCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { type Finding, unknownFinding } from './finding.ts'

export type FindabilityDeps = {
  /** Asks others than those who hold it; null while there is nobody to ask. */
  ask(cid: CID, signal: AbortSignal): Promise<Finding> | null
  settings?: Partial<FindabilitySettings>
}

export type FindabilitySettings = { withinMs: number; keptMs: number; atOnce: number }

export type CheckedFinding = Finding & { checkedAt: Date }

/** A walk through the DHT talks to dozens of peers: a few at a time, and what is known is told again for a minute. */
const DEFAULTS: FindabilitySettings = { withinMs: 15_000, keptMs: 60_000, atOnce: 4 }
const MAX_KEPT = 1_000
const NO_NETWORK = 'This platform takes part in no public network.'

/** Whether the public network finds a content, asked of others. Says that it does not know rather than to guess. */
export class Findability {
  readonly #deps: FindabilityDeps
  readonly #settings: FindabilitySettings
  readonly #kept = new Map<string, { at: number; finding: CheckedFinding }>()
  readonly #running = new Map<string, Promise<CheckedFinding>>()

  constructor(deps: FindabilityDeps) {
    this.#deps = deps
    this.#settings = { ...DEFAULTS, ...deps.settings }
  }

  /** Never throws. Who asks for the same at the same time gets the same answer. */
  async check(cid: CID): Promise<CheckedFinding> {
    const key = canonicalCid(cid)
    const kept = this.#kept.get(key)
    if (kept !== undefined && performance.now() - kept.at < this.#settings.keptMs) return kept.finding
    const running = this.#running.get(key)
    if (running !== undefined) return running
    if (this.#running.size >= this.#settings.atOnce) return told(unknownFinding('Too many are looked for now.'))
    const asking = this.#ask(cid).finally(() => this.#running.delete(key))
    this.#running.set(key, asking)
    const finding = await asking
    // What could not be asked may be known a moment later.
    if (finding.state !== 'unknown') this.#keep(key, finding)
    return finding
  }

  async #ask(cid: CID): Promise<CheckedFinding> {
    const asked = this.#deps.ask(cid, AbortSignal.timeout(this.#settings.withinMs))
    if (asked === null) return told(unknownFinding(NO_NETWORK))
    return told(await asked.catch(() => unknownFinding('Nobody answered in time.')))
  }

  #keep(key: string, finding: CheckedFinding): void {
    this.#kept.delete(key)
    this.#kept.set(key, { at: performance.now(), finding })
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest)
  }
}

const told = (finding: Finding): CheckedFinding => ({ ...finding, checkedAt: new Date() })
