import type { ServerResponse } from 'node:http'

/** What is being sent through each link, so that a revoked one ends it. */
export class LinkedResponses {
  readonly #byLink = new Map<string, Set<ServerResponse>>()

  follow(linkId: string, response: ServerResponse): void {
    const responses = this.#byLink.get(linkId) ?? new Set()
    this.#byLink.set(linkId, responses.add(response))
    response.once('close', () => {
      responses.delete(response)
      if (responses.size === 0 && this.#byLink.get(linkId) === responses) this.#byLink.delete(linkId)
    })
  }

  /** Ends the connections: who got fewer bytes than were promised knows it. */
  cut(linkId: string): void {
    for (const response of this.#byLink.get(linkId) ?? []) response.destroy()
  }
}
