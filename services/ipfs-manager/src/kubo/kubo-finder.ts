import type { CID } from 'multiformats/cid'
import { type Finding, findingOf, MAX_PROVIDERS, unknownFinding } from '../network/finding.ts'
import { ANSWERS, readAnswer } from './kubo-answers.ts'
import { KuboClient } from './kubo-client.ts'
import type { KuboNodeSettings } from './kubo-node.ts'
import { KuboRpc } from './kubo-rpc.ts'

/** Of `routing.QueryEventType` in go-libp2p. */
const [PEER_RESPONSE, PROVIDER] = [1, 4]
const FIND_MS = 12_000
/** Each is asked by another's eyes: two are enough. */
const ASKED = 2

type Seen = { self: string; providers: Set<string>; asked: number }

/**
 * Asks public nodes of the pool who has a content. A node knows by itself that it has it, and says so without asking anybody: what it says of itself
 * does not count, so that one node alone cannot see whether it is found.
 */
export class KuboFinder {
  readonly #clients = new Map<string, KuboClient>()

  constructor(nodes: readonly KuboNodeSettings[]) {
    for (const node of nodes) this.add(node)
  }

  /** Private nodes are asked nothing: they know nobody. */
  add({ nodeId, network, url, token }: KuboNodeSettings): void {
    this.drop(nodeId)
    if (network === 'public') this.#clients.set(nodeId, new KuboClient(new KuboRpc({ url, token })))
  }

  drop(nodeId: string): void {
    this.#clients.get(nodeId)?.rpc.stop()
    this.#clients.delete(nodeId)
  }

  /** Those that are asked, by their rows, for whom else speaks to the network by them. */
  get nodes(): ReadonlyMap<string, KuboClient> {
    return this.#clients
  }

  async find(cid: CID, signal: AbortSignal): Promise<Finding> {
    if (this.#clients.size === 0) return unknownFinding('There is no public node.')
    const seen: Seen[] = []
    for (const client of this.#clients.values()) {
      if (seen.length === ASKED) break
      const one = await look(client, cid, signal).catch(() => undefined)
      signal.throwIfAborted()
      if (one !== undefined) seen.push(one)
    }
    if (seen.length === 0) return unknownFinding('No public node answers.')
    const asked = seen.reduce((sum, one) => sum + one.asked, 0)
    const finding = findingOf(new Set(seen.flatMap((one) => [...one.providers])), await this.#ours(signal), asked)
    if (finding.state === 'not_found' && this.#clients.size === 1)
      return unknownFinding('The one public node cannot see itself from outside.')
    return finding
  }

  /** Gives up idle connections. */
  stop(): void {
    for (const { rpc } of this.#clients.values()) rpc.stop()
  }

  async #ours(signal: AbortSignal): Promise<Set<string>> {
    const peers = await Promise.allSettled([...this.#clients.values()].map((client) => client.peer(signal)))
    return new Set(peers.flatMap((peer) => (peer.status === 'fulfilled' ? [peer.value.peerId] : [])))
  }
}

const look = async (client: KuboClient, cid: CID, signal: AbortSignal): Promise<Seen> => {
  const { peerId: self } = await client.peer(signal)
  const seen: Seen = { self, providers: new Set(), asked: 0 }
  const options = { 'num-providers': MAX_PROVIDERS }
  const call = { args: [cid.toString()], options, timeoutMs: FIND_MS, signal }
  try {
    for await (const line of client.rpc.lines('routing/findprovs', call)) {
      const { Type, ID, Responses } = readAnswer(ANSWERS.routingEvent, line)
      if (Type === PEER_RESPONSE && ID !== self) seen.asked++
      if (Type === PROVIDER) for (const { ID: peer } of Responses ?? []) if (peer !== self) seen.providers.add(peer)
      if (seen.providers.size >= MAX_PROVIDERS) break
    }
  } catch (error) {
    signal.throwIfAborted()
    // What came before it took too long counts.
    if (seen.providers.size === 0 && seen.asked === 0) throw error
  }
  return seen
}
