import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type KuboNode, startKuboNode } from '@packages/testkit/kubo-node'
import { parseCid } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts'

/** A real Kubo, which knows of us what it was told: our address. */
let kubo: KuboNode
let ours: TestNetwork
beforeAll(async () => {
  ;[kubo, ours] = await Promise.all([startKuboNode({ routing: 'none' }), startTestNetwork()])
  await kubo.ipfs('swarm', 'connect', ours.address)
})
afterAll(() => Promise.all([kubo.stop(), ours.stop()]))

const limits = { maxMs: 60_000, stallMs: 20_000, maxBytes: 1e9, maxBlocks: 1e6, maxDepth: 1_000 }
const fetch = (cid: CID, origins: string[], over: Partial<typeof limits> = {}) =>
  ours.network.fetch({ contentId: randomUUIDv7(), cid, network: 'public', dagSize: null }, origins, {
    limits: { ...limits, ...over },
    signal: AbortSignal.timeout(60_000),
  })

describe('a Kubo', () => {
  it('fetches 64 MiB from us by Bitswap, and holds it', async () => {
    const root = await ours.bring(randomBytes(2 ** 26))
    await kubo.ipfs('pin', 'add', '--progress=false', root.toString())
    expect(JSON.parse(await kubo.ipfs('dag', 'stat', '--progress=false', '--enc=json', root.toString()))).toMatchObject(
      {
        UniqueBlocks: 65,
      },
    )
  })

  it('gives us what it has: 64 MiB in blocks of 256 KiB, and hundreds of small ones', async () => {
    const file = join(kubo.directory, 'file')
    for (const [bytes, chunk] of [
      [2 ** 26, 262_144],
      [2 ** 22, 8_192],
    ] as const) {
      await writeFile(file, randomBytes(bytes))
      const root = parseCid(await kubo.ipfs('add', '-Q', '--cid-version=1', `--chunker=size-${chunk}`, file))
      await fetch(root, [kubo.swarm])
      const size = Number(
        JSON.parse(await kubo.ipfs('dag', 'stat', '--progress=false', '--enc=json', `${root}`)).TotalSize,
      )
      expect(await ours.store.measure({ realm: 'public', cid: root })).toMatchObject({ bytes: size })
    }
  })

  it('gives us a file of version 0, and what it gets while we wait', async () => {
    const file = join(kubo.directory, 'small')
    await writeFile(file, randomBytes(1_000_000))
    const v0 = parseCid(await kubo.ipfs('add', '-Q', '--cid-version=0', file))
    await fetch(v0, [kubo.swarm])
    expect(await ours.store.measure({ realm: 'public', cid: v0.toV1() })).toMatchObject({ blocks: 5 })
    const late = randomBytes(1_000)
    const cid = CID.createV1(0x55, await sha256.digest(late))
    const fetched = fetch(cid, [kubo.swarm])
    await writeFile(file, late)
    await kubo.ipfs('block', 'put', file)
    await fetched
  })

  it('is told that a private block is not here, and gets none', async () => {
    const bytes = randomBytes(5_000)
    const cid = CID.createV1(0x55, await sha256.digest(bytes))
    const upload = ours.store.beginUpload({ realm: randomUUIDv7(), contentId: randomUUIDv7() })
    const list = upload.beginList()
    await upload.put(cid, bytes)
    await list.add(cid)
    await upload.commit(await list.finish())
    await expect(kubo.ipfs('block', 'get', '--timeout=2s', cid.toString())).rejects.toThrow(
      /deadline|timeout|not found/,
    )
  })

  it('has nothing of ours that it does not have, and no want of ours afterwards', async () => {
    const nowhere = CID.createV1(0x55, await sha256.digest(randomBytes(10)))
    await expect(fetch(nowhere, [kubo.swarm], { stallMs: 1_500 })).rejects.toMatchObject({ code: 'no_providers' })
    await expect
      .poll(() => kubo.ipfs('bitswap', 'wantlist', '--peer', ours.network.report().peerId ?? ''))
      .not.toContain(nowhere.toString())
  })
})
