import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { blockFile } from '@packages/testkit/kubo-blocks'
import { startKuboNode } from '@packages/testkit/kubo-node'
import { expect, inject, test } from 'vitest'
import { KuboRpc } from './kubo-rpc.ts'

const [node] = inject('kuboFleet')
if (node === undefined) throw new Error('no Kubo')
const rpc = new KuboRpc({ url: node.api, token: node.token })
const call = { timeoutMs: 20_000 }

const files = (...bytes: Uint8Array[]) => [
  (async function* () {
    yield* bytes
  })(),
]
const add = async (bytes: Uint8Array, options: Record<string, string | boolean> = {}): Promise<string> => {
  const added = await rpc.json('add', {
    ...call,
    files: files(bytes),
    options: { 'raw-leaves': true, 'cid-version': 1, progress: false, ...options },
  })
  return (added as { Hash: string }).Hash
}
/** As Kubo says that a CID which nobody has is wanted. */
const wanted = async (): Promise<string> => JSON.stringify(await rpc.json('bitswap/wantlist', call))
const NOWHERE = 'bafkreiaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'

test('Kubo answers who it is to whom it knows, and 403 to everybody else', async () => {
  expect(await rpc.json('id', call)).toMatchObject({ ID: node.peerId })
  for (const token of [null, 'another', `${node.token}x`])
    await expect(new KuboRpc({ url: node.api, token }).json('id', call)).rejects.toMatchObject({ kind: 'denied' })
})

test('what fails after megabytes of a 200 is an error: a damaged block in an export', async () => {
  const root = await add(randomBytes(8 * 1024 * 1024), { chunker: 'size-262144' })
  const links = (await rpc.json('dag/get', { ...call, args: [root] })) as { Links: { Hash: { '/': string } }[] }
  const last = links.Links.at(-1)?.Hash['/'] ?? ''
  const path = blockFile(node.repository, last)
  const bytes = await readFile(path)
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await writeFile(path, bytes)
  let length = 0
  const read = async (): Promise<void> => {
    for await (const part of rpc.bytes('dag/export', { ...call, args: [root] })) length += part.length
  }
  await expect(read()).rejects.toMatchObject({ name: 'KuboError' })
  expect(length).toBeGreaterThan(2_000_000)
  await rpc.json('pin/rm', { ...call, args: [root] })
})

test('a CID that nobody has ends by the time limit, with progress and without', async () => {
  for (const progress of [true, false])
    await expect(
      Array.fromAsync(rpc.lines('pin/add', { timeoutMs: 600, args: [NOWHERE], options: { progress } })),
    ).rejects.toMatchObject({ kind: 'timeout' })
})

test('a call that is given up is given up by Kubo', async () => {
  const given = new AbortController()
  const pinning = Array.fromAsync(
    rpc.lines('pin/add', { ...call, args: [NOWHERE], options: { progress: true }, signal: given.signal }),
  )
  await expect.poll(wanted).toContain(NOWHERE)
  given.abort(new Error('enough'))
  await expect(pinning).rejects.toThrow('enough')
  await expect.poll(wanted).not.toContain(NOWHERE)
})

test('a node that stands still ends a call by our clock; one that was killed is unreachable, and answers again', async () => {
  await using own = await startKuboNode({ routing: 'offline' })
  const its = new KuboRpc({ url: own.api, token: null })
  expect(await its.json('id', call)).toMatchObject({ ID: own.peerId })
  await own.pause()
  await expect(its.json('id', { timeoutMs: 1_000, idleMs: 300 })).rejects.toMatchObject({ kind: 'timeout' })
  own.resume()
  await own.kill()
  await expect(its.json('id', call)).rejects.toMatchObject({ kind: 'unreachable' })
  await own.start()
  expect(await its.json('id', call)).toMatchObject({ ID: own.peerId })
  its.stop()
})
