import { randomUUIDv7 } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CID } from 'multiformats/cid'
import { expect, it } from 'vitest'
import { KuboBackend } from './kubo-backend.ts'

const cid = CID.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')
const ROOTS = 100

/** A node that breaks calls off, but for those that `answers`. @returns how many were made for a hundred roots, and its words */
const ask = async (answers: (call: number) => boolean) => {
  let calls = 0
  const server = createServer((request, response) => {
    if (answers(calls++)) response.end(JSON.stringify({ Keys: { [cid.toString()]: { Type: 'recursive' } } }))
    else request.socket.destroy()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const nodeId = randomUUIDv7()
  const backend = new KuboBackend({
    install: 'a',
    dialPrivate: true,
    nodes: [{ nodeId, name: 'a', url, token: null, zone: '', network: 'public' }],
  })
  try {
    const roots = Array.from({ length: ROOTS }, () => ({
      contentId: randomUUIDv7(),
      cid,
      network: 'public' as const,
      dagSize: 1,
    }))
    const words = await backend.replicas(nodeId, roots, new AbortController().signal)
    expect(words.map(({ contentId }) => contentId)).toEqual(roots.map(({ contentId }) => contentId))
    return { calls, states: words.map(({ state }) => state) }
  } finally {
    backend.stop()
    server.closeAllConnections()
    server.close()
  }
}

it('does not go on asking a node that says nothing: that says nothing of its copies', async () => {
  const { calls, states } = await ask(() => false)
  expect(calls).toBeLessThan(2 * 16)
  expect(new Set(states)).toEqual(new Set(['unknown']))
})

it('goes on where it answers now and then', async () => {
  const { states } = await ask((call) => call % 2 === 0)
  expect(states.filter((state) => state === 'pinned').length).toBeGreaterThan(ROOTS / 4)
  expect(states).not.toContain('absent')
})
