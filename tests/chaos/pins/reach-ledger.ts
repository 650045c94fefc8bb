import type { ListedPin } from './pin-ledger.ts'

/** One pin of a root that somebody has and gives. Times are those of `performance.now()`, in ms. */
export type ReachPin = {
  requestid: string
  name: string
  owner: number
  /** Before it was asked for the first time. */
  askedAt: number
  /** When it was first seen to be pinned; absent until then, and for good when that took too long. */
  pinnedAt?: number
}

/** What the clients of a run know of their pins: each was acknowledged, and has to be there until it is let go. */
export class ReachLedger {
  readonly #withinMs: number
  readonly #there = new Map<string, ReachPin>()
  readonly #gone = new Set<string>()
  /** Not pinned yet, and with time left. */
  readonly #open = new Map<string, ReachPin>()
  /** Pinned, oldest first. */
  readonly #pinned: ReachPin[] = []
  readonly #times: number[] = []
  #asked = 0

  constructor(withinMs: number) {
    this.#withinMs = withinMs
  }

  get asked(): number {
    return this.#asked
  }

  get open(): number {
    return this.#open.size
  }

  /** How long each took that was in time, in ms, the quickest first. */
  get times(): number[] {
    return this.#times.toSorted((a, b) => a - b)
  }

  acknowledged(pin: ReachPin): void {
    this.#asked += 1
    this.#there.set(pin.requestid, pin)
    this.#open.set(pin.requestid, pin)
  }

  /** @param pinned the requestids of all that are told pinned at this moment */
  look(pinned: Iterable<string>, now: number): void {
    const isLate = ({ askedAt }: ReachPin): boolean => now - askedAt > this.#withinMs
    for (const id of pinned) {
      const pin = this.#open.get(id)
      if (pin === undefined || isLate(pin)) continue
      pin.pinnedAt = now
      this.#open.delete(id)
      this.#pinned.push(pin)
      this.#times.push(now - pin.askedAt)
    }
    for (const [id, pin] of this.#open) if (isLate(pin)) this.#open.delete(id)
  }

  /** The oldest that is pinned, to be let go, when more than so many are. */
  takeOldest(kept: number): ReachPin | undefined {
    return this.#pinned.length > kept ? this.#pinned.shift() : undefined
  }

  wasLetGo({ requestid }: ReachPin): void {
    this.#there.delete(requestid)
    this.#gone.add(requestid)
  }

  /**
   * Compares with what the owner's list says.
   * @returns `lost`: contradictions that no time heals; `unpinned`: what is listed, was pinned in time and is not any more. In words
   */
  compare(owner: number, listed: readonly ListedPin[]): { lost: string[]; unpinned: string[] } {
    const statuses = new Map(listed.map(({ requestid, status }) => [requestid, status]))
    const mine = [...this.#there.values()].filter((pin) => pin.owner === owner)
    return {
      lost: [
        ...mine
          .filter(({ requestid }) => !statuses.has(requestid))
          .map(({ name, pinnedAt }) =>
            pinnedAt === undefined
              ? `the pin ${name} was acknowledged and is not listed`
              : `the pin ${name} was pinned and is not listed any more`,
          ),
        ...listed
          .filter(({ requestid }) => this.#gone.has(requestid))
          .map(({ pin }) => `the pin ${pin.name} was deleted and is listed again`),
      ],
      unpinned: mine
        .filter(
          ({ requestid, pinnedAt }) =>
            pinnedAt !== undefined && statuses.has(requestid) && statuses.get(requestid) !== 'pinned',
        )
        .map(({ name, requestid }) => `the pin ${name} was pinned and is ${statuses.get(requestid)}`),
    }
  }
}
