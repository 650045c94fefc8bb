import { setTimeout as sleep } from 'node:timers/promises'
import { canonicalCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { exportCar } from '@packages/content/car/export-car'
import type { NamedSource } from '@packages/content/block-sources/chain'
import {
  BackendError,
  type Ensured,
  type EnsureOptions,
  type ListedPin,
  type NodeReport,
  type PinBackend,
  type PinNetwork,
  type ReplicaWord,
  type RootSource,
  type WantedRoot,
} from '../pin-backend.ts'
import { toBackendError } from './backend-errors.ts'
import { type EnsureDeps, ensurePin, type PeerSource } from './ensure-pin.ts'
import { KeyedLock } from '../keyed-lock.ts'
import { type BadBlock, blockOf, KuboBlocks } from './kubo-blocks.ts'
import { KuboClient, QUICK_MS } from './kubo-client.ts'
import { KuboRpc } from './kubo-rpc.ts'
import type { KuboNode, KuboNodeSettings } from './kubo-node.ts'
import { listPins } from './list-pins.ts'
import { NodeReporter } from './node-report.ts'
import { dialableOrigins } from './origin-addresses.ts'
import { isOurs } from './pin-label.ts'
import { type PushedRoot, pushCars } from './push-cars.ts'
import { eachOf } from './each-of.ts'
import { verifyDag } from '../verify-dag.ts'

export type KuboBackendOptions = {
  /** Who we are in the labels of pins: one for each database. */
  install: string
  nodes: readonly KuboNodeSettings[]
  /** Whether `origins` that users name may be private addresses. */
  dialPrivate: boolean
  /** Told of each block that a node does not give as it should be; it is not used. */
  onBadBlock?: (bad: BadBlock) => void
}

const COLLECT_MS = 60 * 60_000
/** It marks in silence what is pinned. When it stands behind a pin that does not end, all other pins stand behind it: so it is given up. */
const COLLECT_IDLE_MS = 10 * 60_000
const PINNING_LOOKS = 10
const PINNING_LOOK_MS = 200

/** One after the other without an answer: the rest is not asked, or a thousand would wait for minutes. */
const SILENCES = 16
const SILENT = 'The node does not answer.'

/** A pool of Kubo nodes, each pinned on by itself: nothing here decides where something goes. */
export class KuboBackend implements PinBackend {
  readonly kind = 'kubo'
  readonly #install: string
  readonly #dialPrivate: boolean
  readonly #nodes = new Map<string, KuboNode>()
  readonly #locks = new KeyedLock()
  readonly #reporter: NodeReporter
  readonly #onBadBlock: ((bad: BadBlock) => void) | undefined

  constructor({ install, nodes, dialPrivate, onBadBlock }: KuboBackendOptions) {
    this.#install = install
    this.#onBadBlock = onBadBlock
    this.#dialPrivate = dialPrivate
    this.#reporter = new NodeReporter({ dialPrivate })
    for (const node of nodes) this.add(node)
  }

  /** Works with another node from now on; also with one that was dropped, or that has other credentials now. */
  add({ url, token, ...node }: KuboNodeSettings): void {
    this.drop(node.nodeId)
    const client = new KuboClient(new KuboRpc({ url, token }))
    this.#nodes.set(node.nodeId, { ...node, client, hasToken: token !== null })
  }

  /** Is not asked any more. Calls that are under way break off. */
  drop(nodeId: string): void {
    this.#nodes.get(nodeId)?.client.rpc.stop()
    this.#nodes.delete(nodeId)
  }

  async ensure(nodeId: string, given: WantedRoot, source: RootSource, options: EnsureOptions): Promise<Ensured> {
    const node = this.#node(nodeId)
    const root = canonical(given)
    this.#refuseMixing(node, root)
    return this.#locks.run(lockKey(nodeId, root), options.signal, async () =>
      ensurePin(
        this.#depsOf(node),
        root,
        source.kind === 'car' ? source : await this.#peers(root, source, options.signal),
        options,
      ),
    )
  }

  async push(nodeId: string, given: readonly PushedRoot[], signal: AbortSignal): Promise<(Ensured | BackendError)[]> {
    const node = this.#node(nodeId)
    const roots = given.map(({ root, source }) => ({ root: canonical(root), source }))
    for (const { root } of roots) this.#refuseMixing(node, root)
    const keys = roots.map(({ root }) => lockKey(nodeId, root))
    return this.#locks.runAll(keys, signal, () => pushCars(this.#depsOf(node), roots, signal))
  }

  async release(
    nodeId: string,
    given: WantedRoot,
    { keep, signal }: { keep: string | null; signal: AbortSignal },
  ): Promise<void> {
    // A pin belongs to a CID here: the other content stands on the same one.
    if (keep !== null) return
    const { client } = this.#node(nodeId)
    const root = canonical(given)
    await this.#locks.run(lockKey(nodeId, root), signal, async () => {
      try {
        const pin = await client.pinOf(root.cid, signal)
        if (pin === null || !isOurs(pin.label, this.#install)) return
        await client.unpin(root.cid, signal)
        if ((await client.pinOf(root.cid, signal)) !== null)
          throw new BackendError('node_error', 'The node does not confirm that the pin is gone.')
      } catch (error) {
        signal.throwIfAborted()
        throw toBackendError(error)
      }
    })
  }

  async replicas(nodeId: string, roots: readonly WantedRoot[], signal: AbortSignal): Promise<ReplicaWord[]> {
    const { client } = this.#node(nodeId)
    let silences = 0
    return eachOf(roots, async ({ contentId, cid }): Promise<ReplicaWord> => {
      if (silences >= SILENCES) return { contentId, state: 'unknown', reason: SILENT }
      try {
        const pin = await client.pinOf(cid.toV1(), signal)
        silences = 0
        if (pin === null) return { contentId, state: 'absent' }
        return { contentId, state: 'pinned', isForeign: !isOurs(pin.label, this.#install) }
      } catch (error) {
        signal.throwIfAborted()
        const known = toBackendError(error)
        if (known instanceof BackendError && known.code === 'node_down') silences += 1
        if (known instanceof BackendError) return { contentId, state: 'unknown', reason: known.message }
        throw error
      }
    })
  }

  async verify(nodeId: string, given: WantedRoot, signal: AbortSignal): Promise<{ dagSize: number; blocks: number }> {
    const { rpc } = this.#node(nodeId).client
    try {
      return await verifyDag({ get: (cid) => blockOf(rpc, cid, signal) }, canonical(given).cid, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw toBackendError(error)
    }
  }

  async *list(nodeId: string, signal: AbortSignal): AsyncGenerator<readonly ListedPin[], void, undefined> {
    try {
      yield* listPins(this.#node(nodeId).client.rpc, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw toBackendError(error)
    }
  }

  nodes(signal: AbortSignal): Promise<NodeReport[]> {
    return this.#reporter.report([...this.#nodes.values()], signal)
  }

  /** What could be set better on nodes that answered within the last minute. */
  warnings(): { name: string; warnings: readonly string[] }[] {
    return [...this.#nodes.values()].map(({ nodeId, name }) => ({ name, warnings: this.#reporter.warningsOf(nodeId) }))
  }

  async collectGarbage(nodeId: string, signal: AbortSignal): Promise<number | null> {
    const { client } = this.#node(nodeId)
    try {
      // What was broken off a moment ago takes Kubo a moment to end.
      for (let looks = 1; await client.isPinning(signal); looks++) {
        if (looks === PINNING_LOOKS) throw new BackendError('node_error', 'Somebody is pinning something on the node.')
        await sleep(PINNING_LOOK_MS, undefined, { signal })
      }
      const before = await client.usedBytes(signal)
      const call = { options: { quiet: true }, timeoutMs: COLLECT_MS, idleMs: COLLECT_IDLE_MS, signal }
      for await (const _ of client.rpc.lines('repo/gc', call));
      return Math.max(0, before - (await client.usedBytes(signal)))
    } catch (error) {
      signal.throwIfAborted()
      throw toBackendError(error)
    }
  }

  blocks(network: PinNetwork, holders: readonly string[] = []): NamedSource {
    // A pool without public nodes keeps public content on private ones; never the other way round.
    const isAsked = (node: KuboNode): boolean =>
      node.network === network || (network === 'public' && holders.includes(node.nodeId))
    const own = [...this.#nodes.values()].filter(isAsked)
    const first = own.filter(({ nodeId }) => holders.includes(nodeId))
    const nodes = [...first, ...own.filter((node) => !first.includes(node))]
    return new KuboBlocks(
      `kubo:${network}`,
      nodes.map(({ name, client }) => ({ name, rpc: client.rpc })),
      this.#onBadBlock,
    )
  }

  /** Gives up idle connections. */
  stop(): void {
    for (const { client } of this.#nodes.values()) client.rpc.stop()
  }

  #node(nodeId: string): KuboNode {
    const node = this.#nodes.get(nodeId)
    if (node === undefined) throw new BackendError('node_down', 'The node is not known here.')
    return node
  }

  #depsOf({ client }: KuboNode): EnsureDeps {
    return { client, install: this.#install }
  }

  // Nothing private is ever on a public node, whatever a caller says.
  #refuseMixing(node: KuboNode, root: WantedRoot): void {
    if (root.network === 'private' && node.network === 'public')
      throw new HoldfastError('internal', { cause: new Error('a private root for a public node') })
  }

  async #peers(
    root: WantedRoot,
    source: RootSource & { kind: 'network' | 'nodes' },
    signal: AbortSignal,
  ): Promise<PeerSource> {
    if (source.kind === 'network') {
      if (root.network === 'private')
        throw new BackendError('no_providers', 'A private content is only where it was uploaded.')
      return { kind: 'peers', holders: [...dialableOrigins(source.origins, { allowPrivate: this.#dialPrivate })] }
    }
    const peers = await Promise.allSettled(
      source.holders.map((holder) =>
        this.#node(holder).client.peer(AbortSignal.any([signal, AbortSignal.timeout(QUICK_MS)])),
      ),
    )
    signal.throwIfAborted()
    const holders = peers.flatMap((answer) =>
      answer.status === 'rejected'
        ? []
        : answer.value.addresses.map((address) => ({ address, peerId: answer.value.peerId })),
    )
    const blocks = this.blocks(root.network, source.holders)
    return { kind: 'peers', holders, open: (until) => exportCar(blocks, root.cid, { signal: until }) }
  }
}

const canonical = (root: WantedRoot): WantedRoot => ({ ...root, cid: root.cid.toV1() })
const lockKey = (nodeId: string, { cid }: WantedRoot): string => `${nodeId}/${canonicalCid(cid)}`
