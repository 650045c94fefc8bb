import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { decodeBlockList } from '@packages/content/block-store/block-list'
import { PRIVATE_REALM } from '@packages/content/private/open-private-content'
import { beginPrivateUpload } from '@packages/content/private/private-upload'
import { importFile } from '@packages/content/unixfs/import-file'
import { rawCid } from '@packages/content/unixfs/block-cid'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { IngestCommitter } from '@packages/db/ingest-committer'
import { testKeys } from '@packages/db/test-keys'
import { ingestItem, seedNode } from '@packages/db/test-database/seed'
import { silentLogger } from '@packages/runtime/minimal-logger'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

let t: TestGateway
beforeAll(async () => {
  t = await startTestGateway()
})
afterAll(() => t.stop())

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Stores a file in private, with its rows; its root, and the list of its ciphertexts. */
const uploadPrivate = async (bytes: Uint8Array, name: string): Promise<{ root: CID; list: CID }> => {
  const owner = await t.newOwner()
  const { organizationId } = owner
  const contentId = randomUUIDv7()
  const { rootKeys } = await testKeys(t.db)
  const { key, row } = await rootKeys.newRootKey(t.db.kysely, organizationId, contentId)
  const upload = beginPrivateUpload(t.store, { organizationId, contentId, rootKey: key, trusted: true })
  const { root } = await importFile(one(bytes), { sink: upload, profile: importProfiles['unixfs-v1-2025'] })
  const { list, dagSize, blocks } = await upload.commit(root)
  const committer = new IngestCommitter({ unitOfWork: t.db.unitOfWork, logger: silentLogger })
  const sealed = { pinCid: 'sealed:', cidHash: randomBytes(32), nameHash: randomBytes(32), rootKey: row }
  const file = {
    id: randomUUIDv7(),
    name: `sealed:${name.length}`,
    contentType: 'text/plain',
    size: bytes.length,
    metadata: {},
  }
  const stored = {
    contentId,
    realm: PRIVATE_REALM,
    canonicalCid: list.toString(),
    dagSize,
    blocks,
    sealed,
    file,
  } as const
  await committer.commit(ingestItem(owner, await seedNode(t.db), 'sealed:', stored))
  t.store.settle(contentId)
  return { root, list }
}

/** What a caller sees, with the CID and the time taken out. */
const answer = async (path: string, cid: CID, init: RequestInit): Promise<unknown> => {
  const response = await fetch(`${t.url}${path.replace('CID', cid.toString())}`, { redirect: 'manual', ...init })
  const strip = (text: string): string => text.replaceAll(cid.toString(), 'CID')
  const headers = [...response.headers].filter(([key]) => key !== 'date').map(([key, value]) => [key, strip(value)])
  return { status: response.status, headers, body: strip(await response.text()) }
}

it('a private CID is, asked for in public, a CID that nobody has', async () => {
  const bytes = randomBytes(3_000_000)
  const { root, list } = await uploadPrivate(bytes, 'secret.txt')
  const unknown = await importFile(one(randomBytes(3_000_000)), {
    sink: { put: () => {} },
    profile: importProfiles['unixfs-v1-2025'],
  })
  const asks: [string, RequestInit][] = [
    ['/ipfs/CID', {}],
    ['/ipfs/CID', { method: 'HEAD' }],
    ['/ipfs/CID', { headers: { range: 'bytes=0-9' } }],
    ['/ipfs/CID', { headers: { 'if-none-match': '"x"' } }],
    ['/ipfs/CID', { headers: { 'cache-control': 'only-if-cached' } }],
    ['/ipfs/CID', { headers: { cookie: 'holdfast.session_token=x', authorization: 'Bearer x' } }],
    ['/ipfs/CID/secret.txt', {}],
    ['/ipfs/CID?format=raw', {}],
    ['/ipfs/CID?format=car', {}],
  ]
  for (let round = 0; round < 2; round++)
    for (const [path, init] of asks) {
      const asked = await answer(path, root, init)
      expect(asked).toEqual(await answer(path, unknown.root, init))
      expect((asked as { status: number }).status).toBeGreaterThanOrEqual(400)
    }
  // Nor are its ciphertexts to be had by those who know their CIDs.
  const reader = t.store.reader(PRIVATE_REALM)
  const ciphertexts = decodeBlockList((await reader.get(list)) ?? new Uint8Array())
  expect(ciphertexts.length).toBeGreaterThan(3)
  for (const cid of ciphertexts.slice(0, 5)) {
    expect(await reader.get(cid)).toBeDefined()
    const other = rawCid(randomBytes(8))
    expect(await answer('/ipfs/CID?format=raw', cid, {})).toEqual(await answer('/ipfs/CID?format=raw', other, {}))
  }
  // Once it is public, the same question finds it: the test asks for the right CID.
  const shown = await t.upload(bytes)
  expect(shown.cid).toBe(root.toString())
  expect((await fetch(`${t.url}/ipfs/${root}`)).status).toBe(200)
})
