import type { NodeReport } from '../pin-backend.ts'
import { isRefusedAddress } from '@packages/runtime/outgoing/refused-address'
import { ANSWERS, readAnswer } from './kubo-answers.ts'
import { KuboError } from './kubo-error.ts'
import type { KuboNode } from './kubo-node.ts'
import { QUICK_MS } from './kubo-client.ts'
import { refuseTwins } from './refuse-twins.ts'
import { askSettings, type SettingsFindings } from './node-settings.ts'

/** The whole report has 2 s, whatever the nodes do. */
const REPORT_MS = 1_800
/** Settings change by a restart; a node that comes back is looked at again at once. */
const SETTINGS_EVERY_MS = 60_000

type Seen = { settings: SettingsFindings; at: number }

/** What nodes say of themselves. Remembers their settings for a minute, and forgets them when a node does not answer. */
export class NodeReporter {
  readonly #seen = new Map<string, Seen>()
  readonly #dialPrivate: boolean

  constructor({ dialPrivate }: { dialPrivate: boolean }) {
    this.#dialPrivate = dialPrivate
  }

  async report(nodes: readonly KuboNode[], signal: AbortSignal): Promise<NodeReport[]> {
    return refuseTwins(await Promise.all(nodes.map((node) => this.#one(node, signal))))
  }

  /** Of nodes that answered within the last minute: what could be set better. */
  warningsOf(nodeId: string): readonly string[] {
    return this.#seen.get(nodeId)?.settings.warnings ?? []
  }

  async #one(node: KuboNode, signal: AbortSignal): Promise<NodeReport> {
    const { nodeId, name, network, zone } = node
    const nothing = {
      nodeId,
      name,
      network,
      zone,
      version: null,
      peerId: null,
      addresses: [],
      capacityBytes: null,
      usedBytes: null,
      peers: null,
      provide: null,
    }
    const until = AbortSignal.any([signal, AbortSignal.timeout(REPORT_MS)])
    try {
      return { ...nothing, ...(await this.#ask(node, until)) }
    } catch (error) {
      signal.throwIfAborted()
      this.#seen.delete(nodeId)
      if (error instanceof KuboError && error.kind === 'denied')
        return { ...nothing, state: 'refused', reason: 'The node refuses our credentials.' }
      return { ...nothing, state: 'down', reason: until.aborted ? 'It does not answer.' : messageOf(error) }
    }
  }

  async #ask(node: KuboNode, signal: AbortSignal): Promise<Omit<NodeReport, 'nodeId' | 'name' | 'network' | 'zone'>> {
    const { client, network } = node
    const { rpc } = client
    const call = { timeoutMs: QUICK_MS, signal }
    const [settings, peer, version, stat, swarm, provide] = await Promise.all([
      this.#settings(node, signal),
      client.peer(signal),
      rpc.json('version', call),
      rpc.json('repo/stat', { ...call, options: { 'size-only': true } }),
      rpc.json('swarm/peers', call),
      network === 'public' ? rpc.json('provide/stat', call).catch(notProviding) : null,
    ])
    const { RepoSize, StorageMax } = readAnswer(ANSWERS.repoStat, stat)
    const [problem] = settings.problems
    return {
      state: problem === undefined ? 'up' : 'refused',
      reason: problem ?? null,
      version: readAnswer(ANSWERS.version, version).Version,
      peerId: peer.peerId,
      addresses: network === 'public' ? peer.addresses.filter((address) => this.#isDialable(address)) : [],
      capacityBytes: StorageMax,
      usedBytes: RepoSize,
      peers: readAnswer(ANSWERS.swarmPeers, swarm).Peers?.length ?? 0,
      provide: readProvide(provide),
    }
  }

  // What others are told to dial: whole addresses, of everybody's network.
  #isDialable(address: string): boolean {
    const [, family, host = ''] = address.split('/')
    if (!/\/p2p\/[^/]+$/.test(address)) return false
    if (family !== 'ip4' && family !== 'ip6') return true
    return this.#dialPrivate || !isRefusedAddress(host)
  }

  async #settings(node: KuboNode, signal: AbortSignal): Promise<SettingsFindings> {
    const seen = this.#seen.get(node.nodeId)
    if (seen !== undefined && performance.now() - seen.at < SETTINGS_EVERY_MS) return seen.settings
    const { network, hasToken } = node
    const settings = await askSettings(node.client.rpc, { network, hasToken, signal })
    this.#seen.set(node.nodeId, { settings, at: performance.now() })
    return settings
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** It announces nothing, or not by sweeping. */
const notProviding = (error: unknown): null => {
  if (error instanceof KuboError && error.kind === 'failed') return null
  throw error
}

/** Of the sweeping provider: roots that were not announced yet, and how late the oldest is. */
const readProvide = (answer: unknown): NodeReport['provide'] => {
  const read = ANSWERS.provideStat.safeParse(answer)
  if (!read.success) return null
  const { queues, schedule } = read.data.Sweep
  const due = Date.parse(schedule.next_reprovide_at)
  const isDue = schedule.keys > 0 && due > 0
  return { queued: queues.pending_key_provides, lagSeconds: isDue ? Math.max(0, (Date.now() - due) / 1_000) : null }
}
