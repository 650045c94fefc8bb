import { randomInt } from 'node:crypto'
import type { KuboAddress } from '@packages/testkit/kubo-node'
import { SlowLine } from '@packages/testkit/slow-line'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { ensureKuboNodes } from './kubo/ensure-kubo-nodes.ts'
import { KuboBackend } from './kubo/kubo-backend.ts'
import { runPinsModel } from './testing/pins-model.ts'
import { startTestManager, type TestManager } from './testing/test-manager.ts'

/** Two nodes of the fleet, each behind a line that can be cut; the third is who has what is pinned by CID. */
const [stranger, ...members] = inject('kuboFleet')

let manager: TestManager
let lines: SlowLine[]
let backend: KuboBackend
const byId = new Map<string, { kubo: KuboAddress; line: SlowLine }>()

const ask = async (kubo: KuboAddress | undefined, command: string, body?: FormData): Promise<string> => {
  const headers = { authorization: `Bearer ${kubo?.token}` }
  const answer = await fetch(`${kubo?.api}/api/v0/${command}`, { method: 'POST', headers, ...(body && { body }) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${command}: ${text}`)
  return text
}
const holds = async (nodeId: string, cid: string): Promise<boolean> => {
  const { Keys = {} } = JSON.parse(await ask(byId.get(nodeId)?.kubo, 'pin/ls?type=recursive')) as {
    Keys?: Record<string, unknown>
  }
  return cid in Keys
}
const lose = async (nodeId: string, cid: string): Promise<void> => {
  if (await holds(nodeId, cid)) await ask(byId.get(nodeId)?.kubo, `pin/rm?arg=${cid}`)
}
/** In the profile of our own importer, so that an upload of the same bytes is the same root. */
const bring = async (bytes: Buffer): Promise<string> => {
  const body = new FormData()
  body.set('file', new Blob([new Uint8Array(bytes)]))
  const text = await ask(stranger, 'add?cid-version=1&raw-leaves=true&chunker=size-1048576&pin=true', body)
  return (JSON.parse(text) as { Hash: string }).Hash
}

beforeAll(async () => {
  manager = await startTestManager()
  lines = await Promise.all(members.map(({ api }) => SlowLine.before(Number(new URL(api).port))))
  const given = members.map(({ token }, index) => ({
    url: `http://127.0.0.1:${lines[index]?.port}`,
    token,
    name: `node-${index}`,
    zone: '',
    network: 'public' as const,
  }))
  const { named: nodes } = await ensureKuboNodes(manager.db, given)
  for (const [index, { nodeId }] of nodes.entries())
    byId.set(nodeId, { kubo: members[index] ?? expect.fail(), line: lines[index] ?? expect.fail() })
  backend = new KuboBackend({ install: manager.nodeId, nodes, dialPrivate: true })
  for (const member of members) await ask(member, `swarm/connect?arg=${encodeURIComponent(stranger?.swarm ?? '')}`)
})
afterAll(async () => {
  backend.stop()
  for (const line of lines) await line.end()
  await manager.stop()
})

test('tenants × pins × real Kubo nodes: nothing is told that is not so, nothing kept is lost, nothing given up stays', async () => {
  const operations = Number(process.env.PINS_MODEL_OPERATIONS ?? 60)
  const seed = Number(process.env.PINS_MODEL_SEED ?? randomInt(2 ** 31))
  console.log(`pins model: ${operations} operations on Kubo nodes, seed ${seed}`)
  const turn = (nodeId: string, isUp: boolean): void => byId.get(nodeId)?.line.cut(!isUp)
  const nodes = { backend, others: [...byId.keys()], turn, lose, holds, bring }
  expect(await runPinsModel({ manager, nodes, operations, seed, calmMs: 60_000 })).toBe(operations)
}, 7_200_000)
