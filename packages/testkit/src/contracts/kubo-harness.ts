import { randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { carV1, inPieces } from '@packages/content/car/test-cars'
import { KuboBackend } from '@services/ipfs-manager/kubo/kubo-backend'
import { KuboRpc } from '@services/ipfs-manager/kubo/kubo-rpc'
import { CID } from 'multiformats/cid'
import { blockFile } from '../kubo-blocks.ts'
import { type KuboAddress, startKuboNode } from '../kubo-node.ts'
import { startKuboProxy } from '../kubo-proxy.ts'
import { SmallDisk } from '../small-disk.ts'
import { LEFT_BYTES, type PinBackendHarness, SMALL_DISK_BYTES } from './pin-backend-harness.ts'

const call = { timeoutMs: 20_000 }

/** The pool is the first two nodes of the fleet and one of its own; the third one of the fleet is somebody else. */
export const kuboHarness = async (
  fleet: readonly KuboAddress[],
): Promise<PinBackendHarness & AsyncDisposable & { backend: KuboBackend }> => {
  const [first, second, stranger] = fleet
  if (first === undefined || second === undefined || stranger === undefined)
    throw new Error('the fleet has three nodes')
  const spare = await startKuboNode({ routing: 'none', token: randomUUID() })
  const proxy = await startKuboProxy(spare.api)
  const members = new Map<string, KuboAddress>(
    [first, second, { ...spare, api: proxy.url }].map((node) => [randomUUID(), node]),
  )
  const [one = '', two = '', three = ''] = members.keys()
  const rpcs = new Map([...members].map(([id, { api, token }]) => [id, new KuboRpc({ url: api, token })]))
  const rpcOf = (nodeId: string): KuboRpc => {
    const rpc = rpcs.get(nodeId)
    if (rpc === undefined) throw new Error('no such node')
    return rpc
  }
  const others = new KuboRpc({ url: stranger.api, token: stranger.token })
  // A network that has its first peer: the others are found by it.
  for (const rpc of [rpcOf(two), others]) await rpc.json('swarm/connect', { ...call, args: [first.swarm] })
  const backend = new KuboBackend({
    install: randomUUID(),
    dialPrivate: true,
    nodes: [...members].map(([nodeId, { api, token }], index) => ({
      nodeId,
      name: `kubo-${index}`,
      url: api,
      token,
      zone: '',
      network: 'public' as const,
    })),
  })
  return {
    backend,
    nodeIds: [one, two],
    spare: {
      nodeId: three,
      kill: () => spare.kill(),
      start: () => spare.start(),
      pause: () => spare.pause(),
      resume: () => spare.resume(),
      damage: async (cid) => {
        const file = blockFile(spare.repository, cid)
        const bytes = await readFile(file)
        bytes[0] = (bytes[0] ?? 0) ^ 1
        await writeFile(file, bytes)
      },
      breakListings: (how) => proxy.breakListings(how),
      lose: (cid) => rm(blockFile(spare.repository, cid)),
    },
    onSmallDisk: async () => {
      const disk = await SmallDisk.mount(SMALL_DISK_BYTES)
      const node = await startKuboNode({ directory: disk.path, routing: 'none', token: randomUUID() })
      const nodeId = randomUUID()
      const { api: url, token } = node
      rpcs.set(nodeId, new KuboRpc({ url, token }))
      backend.add({ nodeId, name: 'small', url, token, zone: '', network: 'public' })
      return {
        nodeId,
        fill: () => disk.fillUpTo(LEFT_BYTES),
        makeRoom: () => disk.makeRoom(),
        [Symbol.asyncDispose]: async () => {
          backend.drop(nodeId)
          rpcs.get(nodeId)?.stop()
          rpcs.delete(nodeId)
          await node[Symbol.asyncDispose]()
          await disk[Symbol.asyncDispose]()
        },
      }
    },
    serve: async (blocks) => {
      const [root] = blocks
      if (root === undefined) throw new Error('nothing to serve')
      const options = { 'pin-roots': false }
      const files = [inPieces(carV1([root.cid], blocks))]
      for await (const _ of others.lines('dag/import', { ...call, files, options }));
      return { origin: stranger.swarm }
    },
    announce: async (cid) => {
      for await (const _ of others.lines('routing/provide', { ...call, args: [cid.toString()] }));
    },
    pinByHand: async (nodeId, cid, name) => {
      await rpcOf(nodeId).json('pin/add', { ...call, args: [cid.toString()], options: { name } })
    },
    namesOf: async (nodeId, cid) => {
      const names: string[] = []
      const options = { type: 'recursive', names: true, stream: true }
      for await (const line of rpcOf(nodeId).lines('pin/ls', { ...call, options })) {
        const pin = line as { Cid: string; Name?: string }
        if (Buffer.compare(CID.parse(pin.Cid).multihash.bytes, cid.multihash.bytes) === 0) names.push(pin.Name ?? '')
      }
      return names
    },
    isWanted: async (nodeId, cid) => {
      const list = (await rpcOf(nodeId).json('bitswap/wantlist', call)) as { Keys: { '/': string }[] | null }
      return (list.Keys ?? []).some((key) => CID.parse(key['/']).equals(cid))
    },
    [Symbol.asyncDispose]: async () => {
      backend.stop()
      for (const rpc of [...rpcs.values(), others]) rpc.stop()
      await proxy[Symbol.asyncDispose]()
      await spare[Symbol.asyncDispose]()
    },
  }
}
