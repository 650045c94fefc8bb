import type { Libp2p } from '@libp2p/interface'
import type { QueryEvent, SingleKadDHT } from '@libp2p/kad-dht'
import { MAX_RECORD_BYTES } from '@packages/content/ipns/ipns-record'
import type { CID } from 'multiformats/cid'
import { isDialable } from './dial-policy.ts'
import { type Finding, findingOf, MAX_PROVIDERS, unknownFinding } from './finding.ts'

/** So many peers with a value are asked, as Kubo does: the newest is among theirs. */
const ENOUGH_VALUES = 16

/** What the DHTs that the own node takes part in are asked and told. */
export class DhtRouting {
  readonly #libp2p: Libp2p
  readonly #dialsPrivate: boolean

  constructor(libp2p: Libp2p, { dialsPrivate }: { dialsPrivate: boolean }) {
    this.#libp2p = libp2p
    this.#dialsPrivate = dialsPrivate
  }

  /** Why nothing is announced now; null when it can be. */
  get obstacle(): string | null {
    const isReachable = this.#libp2p.getMultiaddrs().some((address) => isDialable(address, this.#dialsPrivate))
    if (!isReachable) return 'No address of it can be reached from outside: see IPFS_ANNOUNCE.'
    return this.#asked().length === 0 ? 'No peers are known.' : null
  }

  /** Tells the peers that are closest to it that we have it. @returns how many took it down; the signal ends the telling, not what was told */
  async provide(cid: CID, signal: AbortSignal): Promise<number> {
    let told = 0
    await Promise.all(
      this.#asked().map((dht) =>
        each(dht.provide(cid, { signal }), (event) => {
          if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') told++
        }),
      ),
    )
    return told
  }

  /** Whoever asks us is not told of it any more, and it is not announced again. */
  async forget(cid: CID): Promise<void> {
    const { amino, lan } = this.#services
    for (const dht of [amino, lan]) await dht?.cancelReprovide(cid)
  }

  /** Asks others who has it, and believes nothing that we know ourselves. Ends at once when they name us. */
  async find(cid: CID, signal: AbortSignal): Promise<Finding> {
    const dhts = this.#asked()
    if (dhts.length === 0) return unknownFinding('No peers are known.')
    const self = this.#libp2p.peerId.toString()
    const [providers, asked, ended] = [new Set<string>(), new Set<string>(), new AbortController()]
    const within = AbortSignal.any([signal, ended.signal])
    await Promise.all(
      dhts.map((dht) =>
        each(dht.findProviders(cid, { signal: within }), (event) => {
          if (event.name !== 'PEER_RESPONSE' || event.messageName !== 'GET_PROVIDERS') return
          const from = event.from.toString()
          if (from === self) return
          asked.add(from)
          for (const { id } of event.providers) providers.add(id.toString())
          if (providers.has(self) || providers.size >= MAX_PROVIDERS) ended.abort()
        }),
      ),
    )
    return findingOf(providers, new Set([self]), asked.size)
  }

  /** Whether there is nobody to be asked or told. */
  get isAlone(): boolean {
    return this.#asked().length === 0
  }

  /** Gives a value to the peers that are closest to its key. @returns how many took it */
  async putValue(key: Uint8Array, value: Uint8Array, signal: AbortSignal): Promise<number> {
    const taken = new Set<string>()
    await Promise.all(
      this.#asked().map((dht) =>
        each(dht.put(key, value, { signal }), (event) => {
          if (event.name !== 'PEER_RESPONSE' || event.messageName !== 'PUT_VALUE') return
          // Who takes it sends it back.
          const { record, from } = event
          if (record !== undefined && Buffer.from(record.value).equals(value)) taken.add(from.toString())
        }),
      ),
    )
    return taken.size
  }

  /** Values that others have for a key, as they come, each once; what we have ourselves is none. Not verified. Null where there is nobody to ask. */
  async findValues(key: Uint8Array, signal: AbortSignal): Promise<readonly Uint8Array[] | null> {
    const dhts = this.#asked()
    if (dhts.length === 0) return null
    const [found, ended] = [new Map<string, Uint8Array>(), new AbortController()]
    const within = AbortSignal.any([signal, ended.signal])
    let answers = 0
    await Promise.all(
      dhts.map((dht) =>
        each(dht.get(key, { signal: within }), (event) => {
          if (event.name !== 'PEER_RESPONSE' || event.messageName !== 'GET_VALUE' || event.record === undefined) return
          const { value } = event.record
          // A peer may answer with as much as a message holds.
          if (value.length > MAX_RECORD_BYTES) return
          found.set(Buffer.from(value).toString('base64'), value)
          if (++answers >= ENOUGH_VALUES) ended.abort()
        }),
      ),
    )
    return [...found.values()]
  }

  get #services(): { amino?: SingleKadDHT; lan?: SingleKadDHT } {
    return this.#libp2p.services as { amino?: SingleKadDHT; lan?: SingleKadDHT }
  }

  /** Those that know somebody: the others would wait for their first peer. */
  #asked(): SingleKadDHT[] {
    const { amino, lan } = this.#services
    return [amino, lan].filter((dht) => dht !== undefined && dht.routingTable.size > 0) as SingleKadDHT[]
  }
}

/** A walk that fails or is ended has told what it has told. */
const each = async (events: AsyncIterable<QueryEvent>, take: (event: QueryEvent) => void): Promise<void> => {
  try {
    for await (const event of events) take(event)
  } catch {
    // Counted is what came.
  }
}
