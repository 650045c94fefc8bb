import type { ServerResponse } from 'node:http'

/** A response that is sent by a grant, and whether it still may be. */
export type GrantedResponse = {
  response: ServerResponse
  /** The ids of what the grant hangs on. */
  hangsOn: readonly string[]
  /** When it was asked for (`performance.now()`): changes that came since may not be in it. */
  askedAt: number
  mayGoOn(): Promise<boolean>
}

/** Longer than a question takes. */
const REMEMBERED_MS = 30_000

/** What is being sent by links and Bearer credentials, so that it ends with what it hangs on. */
export class LinkedResponses {
  readonly #byId = new Map<string, Set<GrantedResponse>>()
  /** When something was heard of an id last; the oldest first. */
  readonly #heard = new Map<string, number>()

  follow(granted: GrantedResponse): void {
    const { response, hangsOn, askedAt } = granted
    if (response.destroyed) return
    for (const id of hangsOn) {
      const responses = this.#byId.get(id) ?? new Set()
      this.#byId.set(id, responses.add(granted))
    }
    response.once('close', () => this.#forget(granted))
    if (hangsOn.some((id) => (this.#heard.get(id) ?? -1) >= askedAt)) void this.#ask(granted)
  }

  /** It has ended. Ends the connections: who got fewer bytes than were promised knows it. */
  cut(id: string): void {
    for (const { response } of this.#hear(id)) response.destroy()
  }

  /** It has changed: asks again of each response. */
  review(id: string): void {
    for (const granted of this.#hear(id)) void this.#ask(granted)
  }

  #hear(id: string): GrantedResponse[] {
    const now = performance.now()
    for (const [old, at] of this.#heard) {
      if (now - at <= REMEMBERED_MS) break
      this.#heard.delete(old)
    }
    this.#heard.delete(id)
    this.#heard.set(id, now)
    return [...(this.#byId.get(id) ?? [])]
  }

  async #ask({ response, mayGoOn }: GrantedResponse): Promise<void> {
    if (!(await mayGoOn())) response.destroy()
  }

  #forget(granted: GrantedResponse): void {
    for (const id of granted.hangsOn) {
      const responses = this.#byId.get(id)
      responses?.delete(granted)
      if (responses?.size === 0) this.#byId.delete(id)
    }
  }
}
