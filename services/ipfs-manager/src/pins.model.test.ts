import { randomInt } from 'node:crypto'
import { parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Fleet } from './testing/fleet.ts'
import { type Peer, startPeer } from './testing/peer.ts'
import { runPinsModel } from './testing/pins-model.ts'
import { startTestManager, type TestManager } from './testing/test-manager.ts'

let manager: TestManager
let peer: Peer
let fleet: Fleet

beforeAll(async () => {
  manager = await startTestManager()
  peer = await startPeer(manager.store)
  fleet = await Fleet.start(manager, { db: manager.db, nodes: 3, fetchInto: peer.fetchInto })
})
afterAll(async () => {
  await fleet.stop()
  await peer.stop()
  await manager.stop()
})

const holds = async (nodeId: string, cid: string): Promise<boolean> =>
  (await fleet.store(nodeId).reader('public').get(parseCid(cid))) !== undefined
const lose = async (nodeId: string, lost: string): Promise<void> => {
  for await (const { cid, contentId } of fleet.store(nodeId).roots())
    if (cid.toString() === lost) await fleet.store(nodeId).release(contentId)
}

test('tenants × pins × nodes: nothing is told that is not so, nothing kept is lost, nothing given up stays', async () => {
  const { backend, others } = fleet
  const operations = Number(process.env.PINS_MODEL_OPERATIONS ?? 120)
  const seed = Number(process.env.PINS_MODEL_SEED ?? randomInt(2 ** 31))
  console.log(`pins model: ${operations} operations on embedded stores, seed ${seed}`)
  const nodes = {
    backend,
    others,
    holds,
    lose,
    turn: (id: string, isUp: boolean) => fleet.turn(id, isUp),
    bring: peer.bring,
  }
  expect(await runPinsModel({ manager, nodes, operations, seed, calmMs: 20_000 })).toBe(operations)
}, 3_600_000)
