import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { textBlock } from '@packages/content/block-store/test-dags'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BadBlock, KuboBlocks } from './kubo-blocks.ts'
import { KuboRpc } from './kubo-rpc.ts'

const blocks = new Map(['a', 'b', 'c'].map((text) => [textBlock(text).cid.toString(), textBlock(text).bytes]))
const [a, b] = [textBlock('a').cid, textBlock('b').cid]

/** Speaks `block/get` as a Kubo does. `lying` sends other bytes; `damaged` says so itself, as with `HashOnRead`. */
const startNode = async (kind: 'sound' | 'lying' | 'damaged') => {
  const asked: string[] = []
  const server = createServer((request, answer) => {
    const cid = new URL(request.url ?? '', 'http://node').searchParams.get('arg') ?? ''
    asked.push(cid)
    const bytes = blocks.get(cid) ?? new Uint8Array()
    if (kind !== 'damaged') return void answer.end(kind === 'sound' ? bytes : 'something else')
    answer.writeHead(500, { 'content-type': 'application/json' })
    answer.end(
      JSON.stringify({ Message: 'block in storage has different hash than requested', Code: 0, Type: 'error' }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const rpc = new KuboRpc({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: null })
  const stop = async (): Promise<void> => {
    rpc.stop()
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  return { name: kind, rpc, asked, stop }
}
type Node = Awaited<ReturnType<typeof startNode>>
let nodes: Record<'sound' | 'lying' | 'damaged', Node>
beforeAll(async () => {
  const [sound, lying, damaged] = [await startNode('sound'), await startNode('lying'), await startNode('damaged')]
  nodes = { sound, lying, damaged }
})
afterAll(async () => {
  for (const node of Object.values(nodes)) await node.stop()
})

test.each(['lying', 'damaged'] as const)(
  'a node that is %s is told of and passed by, and the one that gave the block is asked first for the next',
  async (kind) => {
    const bad: BadBlock[] = []
    const source = new KuboBlocks('kubo', [nodes[kind], nodes.sound], (one) => void bad.push(one))
    expect(Buffer.from((await source.get(a)) ?? []).toString()).toBe('a')
    expect(bad).toMatchObject([{ node: kind, cid: a.toString() }])
    nodes[kind].asked.length = 0
    expect(Buffer.from((await source.get(b)) ?? []).toString()).toBe('b')
    expect([nodes[kind].asked, bad.length]).toEqual([[], 1])
  },
)

test('with wrong bytes alone there is no block', async () => {
  const bad: BadBlock[] = []
  const source = new KuboBlocks('kubo', [nodes.lying, nodes.damaged], (one) => void bad.push(one))
  await expect(source.get(a)).rejects.toThrow('not the block')
  expect(bad.map(({ node }) => node).toSorted()).toEqual(['damaged', 'lying'])
})
