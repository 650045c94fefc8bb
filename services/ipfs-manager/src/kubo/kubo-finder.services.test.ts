import { randomUUID } from 'node:crypto'
import { leafDag } from '@packages/content/block-store/test-dags'
import { carV1, inPieces } from '@packages/content/car/test-cars'
import type { KuboAddress } from '@packages/testkit/kubo-node'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { KuboFinder } from './kubo-finder.ts'
import type { KuboNodeSettings } from './kubo-node.ts'
import { KuboRpc } from './kubo-rpc.ts'

/** The first two nodes of the fleet are ours, the third one is somebody else's. */
const fleet = inject('kuboFleet')
const call = { timeoutMs: 20_000 }
const settings = ({ api, token }: KuboAddress, over: Partial<KuboNodeSettings> = {}): KuboNodeSettings => ({
  nodeId: randomUUID(),
  name: api,
  url: api,
  token,
  zone: '',
  network: 'public',
  ...over,
})
const rpcs = fleet.map(({ api, token }) => new KuboRpc({ url: api, token }))
const pool = fleet.slice(0, 2).map((node) => settings(node))
const open: KuboFinder[] = []
const finder = (nodes: KuboNodeSettings[]): KuboFinder => {
  const made = new KuboFinder(nodes)
  open.push(made)
  return made
}
const find = (cid: CID, nodes = pool) => finder(nodes).find(cid, AbortSignal.timeout(15_000))

/** Has a node hold a block, and tell the network of it. */
const announce = async (rpc: KuboRpc | undefined): Promise<CID> => {
  const { root, blocks } = leafDag(randomUUID())
  const files = [inPieces(carV1([root], blocks))]
  for await (const _ of rpc?.lines('dag/import', { ...call, files }) ?? []);
  for await (const _ of rpc?.lines('routing/provide', { ...call, args: [root.toString()] }) ?? []);
  return root
}

beforeAll(async () => {
  for (const rpc of rpcs.slice(1)) await rpc.json('swarm/connect', { ...call, args: [fleet[0]?.swarm ?? ''] })
})
afterAll(() => {
  for (const one of [...open, ...rpcs]) one.stop()
})

it('says that ours are found, as another one of them sees it, and that others are', async () => {
  const ours = await announce(rpcs[0])
  expect(await find(ours)).toMatchObject({ state: 'found', isOurs: true, providers: [fleet[0]?.peerId] })
  const theirs = await announce(rpcs[2])
  expect(await find(theirs)).toMatchObject({ state: 'found', isOurs: false, providers: [fleet[2]?.peerId] })
})

it('takes a node at its word for others, never for itself', async () => {
  const [alone = settings(fleet[0] as KuboAddress)] = pool
  expect(await find(await announce(rpcs[0]), [alone])).toMatchObject({ state: 'unknown', reason: expect.any(String) })
  expect(await find(await announce(rpcs[2]), [alone])).toMatchObject({ state: 'found', isOurs: false })
})

it('knows a CID that nobody has from nodes that do not answer', async () => {
  const { root } = leafDag(randomUUID())
  expect(await find(root)).toMatchObject({ state: 'not_found', reason: null })
  const dead = pool.map((node) => ({ ...node, url: 'http://127.0.0.1:9' }))
  expect(await find(root, dead)).toMatchObject({ state: 'unknown', reason: 'No public node answers.' })
  const hidden = pool.map((node) => ({ ...node, network: 'private' as const }))
  expect(await find(root, hidden)).toMatchObject({ state: 'unknown', reason: 'There is no public node.' })
})
