/** Asks whether a public file row of this (canonical) CID has this name; `null`: it could not be found out. */
export type AskName = (cid: string, name: string) => Promise<boolean | null>

type Question = { answer: Promise<boolean | null>; stale: boolean }

/**
 * Which names a CID's public files have. Only a yes is remembered, until the policy log takes it back; a no may turn
 * into a yes with the next upload. An answer that was under way when the log spoke of its CID is not remembered:
 * it may be older than what the log said.
 */
export class NameCache {
  readonly #ask: AskName
  readonly #limit: number
  /** Insertion order is age; `${cid}/${name}`. */
  readonly #known = new Map<string, true>()
  readonly #byCid = new Map<string, Set<string>>()
  readonly #asked = new Map<string, Question>()

  constructor(ask: AskName, limit = 10_000) {
    this.#ask = ask
    this.#limit = limit
  }

  has(cid: string, name: string): true | Promise<boolean | null> {
    const key = `${cid}/${name}`
    if (this.#known.delete(key)) {
      this.#known.set(key, true)
      return true
    }
    const asked = this.#asked.get(key)
    // A question from before the log spoke may be answered by what was true then: ask again.
    if (asked !== undefined && !asked.stale) return asked.answer
    return this.#question(cid, name, key)
  }

  /** Whether a yes is remembered. */
  knows(cid: string, name: string): boolean {
    return this.#known.has(`${cid}/${name}`)
  }

  /** A public file of this CID lost a name, or the CID is not held any more. */
  forget(cid: string): void {
    for (const key of this.#byCid.get(cid) ?? []) this.#known.delete(key)
    this.#byCid.delete(cid)
    for (const [key, question] of this.#asked) if (key.startsWith(`${cid}/`)) question.stale = true
  }

  get size(): number {
    return this.#known.size
  }

  #question(cid: string, name: string, key: string): Promise<boolean | null> {
    const question: Question = { stale: false, answer: Promise.resolve(null) }
    question.answer = this.#ask(cid, name).then((found) => {
      if (this.#asked.get(key) === question) this.#asked.delete(key)
      if (found === true && !question.stale) this.#remember(cid, key)
      return found
    })
    this.#asked.set(key, question)
    return question.answer
  }

  #remember(cid: string, key: string): void {
    this.#known.set(key, true)
    const keys = this.#byCid.get(cid)
    if (keys === undefined) this.#byCid.set(cid, new Set([key]))
    else keys.add(key)
    if (this.#known.size > this.#limit) this.#dropOldest()
  }

  #dropOldest(): void {
    const [oldest] = this.#known.keys()
    if (oldest === undefined) return
    this.#known.delete(oldest)
    const cid = oldest.slice(0, oldest.indexOf('/'))
    const keys = this.#byCid.get(cid)
    keys?.delete(oldest)
    if (keys?.size === 0) this.#byCid.delete(cid)
  }
}
