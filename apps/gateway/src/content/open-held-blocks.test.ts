import { execFile } from 'node:child_process'
import { createHash, randomUUIDv7 } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BlockStore } from '@packages/content/block-store/block-store'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { expect, it } from 'vitest'

it('sees in the next turn of the event loop what another process released in this one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-gateway-'))
  const [seen, released] = [join(directory, 'seen'), join(directory, 'released')]
  const store = await BlockStore.open({ directory })
  const block = Buffer.from('here and gone')
  const cid = CID.createV1(0x55, createDigest(0x12, createHash('sha256').update(block).digest()))
  const contentId = randomUUIDv7()
  const upload = store.beginUpload({ realm: 'public', contentId })
  await upload.put(cid, block)
  await upload.commit(cid)

  const script = fileURLToPath(new URL('../test-support/look-twice.ts', import.meta.url))
  const child = promisify(execFile)(process.execPath, [script, directory, cid.toString(), seen, released])
  while (!existsSync(seen)) await sleep(10)
  await store.release(contentId)
  await writeFile(released, '')
  expect(JSON.parse((await child).stdout)).toEqual({ first: block.length, second: null })
  await store.close()
  await rm(directory, { recursive: true })
})
