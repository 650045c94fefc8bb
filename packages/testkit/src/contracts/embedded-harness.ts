import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { carV1, inPieces } from '@packages/content/car/test-cars'
import { EmbeddedBackend, type NetworkFetch } from '@services/ipfs-manager/embedded/embedded-backend'
import { KuboRpc } from '@services/ipfs-manager/kubo/kubo-rpc'
import { BackendError, type PinBackend } from '@services/ipfs-manager/pin-backend'
import { startTestNetwork } from '@services/ipfs-manager/testing/test-network'
import { CID } from 'multiformats/cid'
import type { KuboAddress } from '../kubo-node.ts'
import { EmbeddedSpare } from './embedded-spare.ts'
import { SmallDisk } from '../small-disk.ts'
import { LEFT_BYTES, type PinBackendHarness, SMALL_DISK_BYTES } from './pin-backend-harness.ts'

type Member = { backend: EmbeddedBackend; address: string; peerId: string }

const call = { timeoutMs: 20_000 }
const notHere = (): never => {
  throw new Error('an embedded node has no such thing')
}

/**
 * Two stores, each with a node in the network, and one in a process of its own. The real backend is one node; here each is asked by its name. Somebody
 * else is the third Kubo of the fleet, which our nodes know by the first one.
 */
export const embeddedHarness = async (fleet: readonly KuboAddress[]): Promise<PinBackendHarness & AsyncDisposable> => {
  const [first, , stranger] = fleet
  if (first === undefined || stranger === undefined) throw new Error('the fleet has three nodes')
  const others = new KuboRpc({ url: stranger.api, token: stranger.token })
  await others.json('swarm/connect', { ...call, args: [first.swarm] })
  const bootstrap = [first.swarm, stranger.swarm]
  const networks = await Promise.all([startTestNetwork({ bootstrap }), startTestNetwork({ bootstrap })])
  const [one, two, three] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()]
  const members = new Map<string, Member>(
    [one, two].map((nodeId, at) => {
      const { store, network, address } = networks[at] as (typeof networks)[0]
      const fetchDag: NetworkFetch = (root, { origins }, options) => network.fetch(root, origins, options)
      const backend = new EmbeddedBackend({ store, nodeId, network: 'public', fetchDag })
      return [nodeId, { backend, address, peerId: network.report().peerId ?? '' }]
    }),
  )
  const spare = await EmbeddedSpare.begin(three)
  for (const { network } of networks)
    for (const end = performance.now() + 20_000; (await network.routing())?.obstacle !== null; ) {
      if (performance.now() > end) throw new Error('nobody is met in the DHT')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  const memberOf = (nodeId: string): EmbeddedBackend => {
    const found = members.get(nodeId)?.backend ?? spare.backend
    if (found === undefined) throw new BackendError('node_down', 'It was killed.')
    return found
  }
  const backend: PinBackend = {
    kind: 'embedded',
    ensure: async (nodeId, root, source, options) => {
      if (nodeId === three) return spare.ensure(root, source, options)
      const { holders } = source.kind === 'nodes' ? source : { holders: [] }
      const origins = holders.map((holder) => members.get(holder)?.address ?? '')
      const given = source.kind === 'nodes' ? ({ kind: 'network', origins } as const) : source
      return memberOf(nodeId).ensure(nodeId, root, given, options)
    },
    push: async (nodeId, roots, signal) => memberOf(nodeId).push(nodeId, roots, signal),
    release: async (nodeId, root) => memberOf(nodeId).release(nodeId, root),
    replicas: async (nodeId, roots) =>
      nodeId === three && spare.backend === undefined
        ? roots.map(({ contentId }) => ({ contentId, state: 'unknown', reason: 'It was killed.' }))
        : memberOf(nodeId).replicas(nodeId, roots),
    verify: async (nodeId, root, signal) => memberOf(nodeId).verify(nodeId, root, signal),
    list: (nodeId, signal) => memberOf(nodeId).list(nodeId, signal),
    nodes: async () => (await Promise.all([one, two].map((id) => memberOf(id).nodes()))).flat(),
    collectGarbage: (nodeId) => memberOf(nodeId).collectGarbage(),
    blocks: (network, [holder = one] = []) => memberOf(holder).blocks(network),
  }
  return {
    backend,
    nodeIds: [one, two],
    spare: {
      nodeId: three,
      kill: () => spare.kill(),
      start: () => spare.start(),
      damage: (cid) => spare.damage(cid),
      pause: notHere,
      resume: notHere,
      breakListings: notHere,
      lose: notHere,
    },
    onSmallDisk: async () => {
      const disk = await SmallDisk.mount(SMALL_DISK_BYTES)
      const store = await BlockStore.open({ directory: join(disk.path, 'store') })
      const nodeId = randomUUIDv7()
      members.set(nodeId, {
        backend: new EmbeddedBackend({ store, nodeId, network: 'public' }),
        address: '',
        peerId: '',
      })
      return {
        nodeId,
        fill: () => disk.fillUpTo(LEFT_BYTES),
        makeRoom: () => disk.makeRoom(),
        [Symbol.asyncDispose]: async () => {
          members.delete(nodeId)
          await store.close()
          await disk[Symbol.asyncDispose]()
        },
      }
    },
    serve: async (blocks) => {
      const [root] = blocks
      if (root === undefined) throw new Error('nothing to serve')
      const files = [inPieces(carV1([root.cid], blocks))]
      for await (const _ of others.lines('dag/import', { ...call, files, options: { 'pin-roots': false } }));
      return { origin: stranger.swarm }
    },
    announce: async (cid) => {
      for await (const _ of others.lines('routing/provide', { ...call, args: [cid.toString()] }));
    },
    pinByHand: notHere,
    // Roots are by content id here: what stands there several times is one CID that is kept.
    namesOf: async (nodeId, cid) => {
      const listed = (await Array.fromAsync(memberOf(nodeId).list(nodeId, AbortSignal.timeout(10_000)))).flat()
      const same = listed.filter((pin) => Buffer.compare(pin.cid.multihash.bytes, cid.multihash.bytes) === 0)
      return same.slice(0, 1).map(({ label }) => label ?? '')
    },
    // As somebody who is asked sees it.
    isWanted: async (nodeId, cid) => {
      const peer = members.get(nodeId)?.peerId ?? ''
      const wants = (await others.json('bitswap/wantlist', { ...call, options: { peer } })) as {
        Keys: { '/': string }[] | null
      }
      return (wants.Keys ?? []).some((key) => CID.parse(key['/']).equals(cid))
    },
    [Symbol.asyncDispose]: async () => {
      await spare[Symbol.asyncDispose]()
      await Promise.all(networks.map((network) => network.stop()))
      others.stop()
    },
  }
}
