import type { NameFailure, ResolvedName } from '../names/name-question.ts'

/** @param client the address that it is asked for */
export type AskWhereTo = (name: string, client: string) => Promise<ResolvedName | NameFailure>

/** Where a name led when it was asked for. */
export type Resolution = ResolvedName & {
  /** Seconds that a cache may keep what is sent now. */
  maxAge(): number | undefined
}

const isLimited = (answer: Resolution | NameFailure): boolean => 'failure' in answer && answer.failure === 'limited'

type Question = { client: string; answer: Promise<Resolution | NameFailure>; stale: boolean }

/**
 * Where names lead, as long as their records and DNS allow. What the policy log speaks of is forgotten, and an answer that was
 * under way then is not remembered.
 */
export class ResolvedNames {
  readonly #ask: AskWhereTo
  readonly #limit: number
  readonly #now: () => number
  readonly #known = new Map<string, { resolution: Resolution; until: number }>()
  readonly #asked = new Map<string, Question>()

  constructor(ask: AskWhereTo, { limit = 10_000, now = () => performance.now() } = {}) {
    this.#ask = ask
    this.#limit = limit
    this.#now = now
  }

  /**
   * @param name an IPNS name in canonical form, or a domain in lower case
   * @param client the address that it is asked for
   */
  resolve(name: string, client: string): Resolution | Promise<Resolution | NameFailure> {
    const known = this.#known.get(name)
    if (known !== undefined && known.until > this.#now()) return known.resolution
    const asked = this.#asked.get(name)
    if (asked === undefined || asked.stale) return this.#question(name, client)
    if (asked.client === client) return asked.answer
    // That somebody else may have no more says nothing of this one.
    return asked.answer.then((answer) => (isLimited(answer) ? this.resolve(name, client) : answer))
  }

  /** Whether this is where the name still leads. */
  holds(name: string, resolution: Resolution): boolean {
    const known = this.#known.get(name)
    return known !== undefined && known.resolution === resolution && known.until > this.#now()
  }

  forget(name: string): void {
    for (const [known, { resolution }] of this.#known) if (resolution.names.includes(name)) this.#known.delete(known)
    // What they will go through is not known yet.
    for (const question of this.#asked.values()) question.stale = true
  }

  get size(): number {
    return this.#known.size
  }

  #question(name: string, client: string): Promise<Resolution | NameFailure> {
    const unanswered: NameFailure = { failure: 'unavailable', detail: '' }
    const question: Question = { client, stale: false, answer: Promise.resolve(unanswered) }
    question.answer = this.#ask(name, client).then((answer) => {
      if (this.#asked.get(name) === question) this.#asked.delete(name)
      if ('failure' in answer) return answer
      const until = this.#now() + answer.freshMs
      const resolution: Resolution = { ...answer, maxAge: () => this.#maxAge(answer.ttl, until) }
      if (!question.stale) this.#remember(name, resolution, until)
      return resolution
    })
    this.#asked.set(name, question)
    return question.answer
  }

  #maxAge(ttl: number | undefined, until: number): number | undefined {
    if (ttl === undefined) return undefined
    return Math.max(0, Math.min(ttl, Math.ceil((until - this.#now()) / 1_000)))
  }

  #remember(name: string, resolution: Resolution, until: number): void {
    this.#known.delete(name)
    this.#known.set(name, { resolution, until })
    const [oldest] = this.#known.keys()
    if (this.#known.size > this.#limit && oldest !== undefined) this.#known.delete(oldest)
  }
}
