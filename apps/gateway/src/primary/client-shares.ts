import type { ClientNetworks } from './network-of.ts'

/** How many may go on at the same time: in all, of one client, and of all clients of one wider network. */
export type ShareLimits = { all: number; client: number; wider: number }

/** `release` gives it back, once. Or who has as many as they may have. */
export type Place = { release(): void } | 'client' | 'all'

/** Places for what strangers have done over the network, so that one of them leaves some for the others. */
export class ClientShares {
  readonly #limits: ShareLimits
  readonly #byNetwork = new Map<string, number>()
  #taken = 0

  constructor(limits: ShareLimits) {
    this.#limits = limits
  }

  get taken(): number {
    return this.#taken
  }

  take({ client, wider }: ClientNetworks): Place {
    const limits = this.#limits
    if (this.#countOf(client) >= limits.client) return 'client'
    if (wider !== null && this.#countOf(wider) >= limits.wider) return 'client'
    if (this.#taken >= limits.all) return 'all'
    const networks = wider === null ? [client] : [client, wider]
    this.#add(networks, 1)
    let isHere = true
    return {
      release: () => {
        if (isHere) this.#add(networks, -1)
        isHere = false
      },
    }
  }

  #add(networks: readonly string[], change: number): void {
    this.#taken += change
    for (const network of networks) {
      const count = this.#countOf(network) + change
      if (count > 0) this.#byNetwork.set(network, count)
      else this.#byNetwork.delete(network)
    }
  }

  #countOf(network: string): number {
    return this.#byNetwork.get(network) ?? 0
  }
}
