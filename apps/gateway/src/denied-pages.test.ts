import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheCar } from '@packages/content/car/cache-car'
import { carV1, cborBlock, inPieces, rawBlock } from '@packages/content/car/test-cars'
import { beginPrivateUpload } from '@packages/content/private/private-upload'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeLink } from './test-support/make-link.ts'
import { folderBlocks } from './test-support/store-folder.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const SITE = {
  'index.html': 'home',
  'docs/index.html': 'page',
  'docs/a.txt': 'a',
  'docs/deep/index.html': 'deep',
  'empty/b.txt': 'b',
  'folder/index.html/c.txt': 'c',
}
const rootKey = new Uint8Array(randomBytes(32))

let folder: string
let file: string
let t: TestGateway
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-denied-pages-'))
  file = join(folder, 'own.deny')
  await writeFile(file, '')
  t = await startTestGateway({
    denylists: [file],
    privateFiles: {
      rootKey: async () => rootKey,
      openName: async () => 'site',
      cidHash: async () => undefined,
    },
  })
})
afterAll(async () => {
  await t?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** A folder of this realm with a link to it, for which the rows of another upload stand. */
const stored = async (realm: 'public' | 'private', more: Record<string, string>) => {
  const contentId = randomUUIDv7()
  const { organizationId, pinId } = await t.upload(randomBytes(100))
  const sink =
    realm === 'private'
      ? beginPrivateUpload(t.store, { organizationId, contentId, rootKey })
      : t.store.beginUpload({ realm, contentId })
  const tree = new FolderImport({ sink, profile: importProfiles['unixfs-v1-2025'] })
  for (const [path, text] of Object.entries({ ...SITE, ...more })) await tree.addFile(path.split('/'), once(text))
  const { root } = await tree.finish({ wrap: true })
  const committed = await sink.commit(root)
  t.store.settle(contentId)
  const cid = 'list' in committed ? `${committed.list}` : `${root}`
  await t.db.kysely
    .insertInto('contents')
    .values({ id: contentId, realm, cid, dag_size: 1, blocks: 1, state: 'held' })
    .execute()
  await t.db.kysely.updateTable('files').set({ content_id: contentId }).where('pin_id', '=', pinId).execute()
  const { token } = await makeLink(t.db, pinId)
  return { root: `${root}`, token }
}

let told = 0
/** In force from here on: a rule about something else, which is new each time, says that the list was read. */
const deny = async (...lines: string[]): Promise<void> => {
  const { cid } = rawBlock(`told ${told++}`)
  await writeFile(file, [...lines, `/ipfs/${cid}`, ''].join('\n'))
  await vi.waitFor(async () => expect((await fetch(`${t.url}/ipfs/${cid}`)).status).toBe(410), {
    timeout: 15_000,
    interval: 20,
  })
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe.each(['public', 'private'] as const)('a %s folder under /files', (realm) => {
  it.each([
    ['/ipfs/CID/PATH', (cid: string, path: string) => `/ipfs/${cid}/${path}`],
    ['//sha256 of CID/PATH', (cid: string, path: string) => `//${sha256(`${cid}/${path}`)}`],
  ])('%s: the index.html of a folder is not shown by the folder’s address either', async (form, rule) => {
    const { root, token } = await stored(realm, { form })
    const statuses = async (init: RequestInit, ...paths: string[]): Promise<[string, number][]> =>
      Promise.all(
        paths.map(async (path) => {
          const answer = await fetch(`${t.url}/files/${root}${path}?link=${token}`, { redirect: 'manual', ...init })
          await answer.arrayBuffer()
          return [path, answer.status]
        }),
      )
    const page = ['/docs/', '/docs/index.html']
    const beside = ['/', '/index.html', '/docs/a.txt', '/docs/deep/', '/empty/', '/folder/']
    const home = ['', '/', '/index.html']
    for (const path of [...page, ...beside]) expect(await statuses({}, path)).toEqual([[path, 200]])

    await deny(rule(root, 'docs/index.html'))
    for (const init of [{}, { method: 'HEAD' }, { headers: { 'if-none-match': '*' } }])
      expect(await statuses(init, ...page)).toEqual(page.map((path) => [path, 410]))
    expect(await statuses({}, ...beside)).toEqual(beside.map((path) => [path, 200]))

    await deny(rule(root, 'index.html'))
    expect(await statuses({}, ...home)).toEqual(home.map((path) => [path, 410]))
    expect(await statuses({}, ...page)).toEqual(page.map((path) => [path, 200]))
    await deny()
  })
})

it('a folder below a DAG-CBOR document under /ipfs: neither is its index.html', async () => {
  const { root, blocks } = await folderBlocks({
    'docs/index.html': 'page',
    'docs/a.txt': 'a',
    'more/index.html': 'more',
  })
  const document = cborBlock({ here: root })
  const car = carV1([document.cid], [document, ...blocks])
  await cacheCar(inPieces(car), { store: t.store, contentId: randomUUIDv7(), maxBytes: 10_000 })
  const statusesOf = (...paths: string[]): Promise<number[]> =>
    Promise.all(
      paths.map(async (path) => {
        const answer = await fetch(`${t.url}/ipfs/${document.cid}${path}`, { redirect: 'manual' })
        await answer.arrayBuffer()
        return answer.status
      }),
    )
  const paths = ['/here/docs/', '/here/docs/index.html', '/here/docs/a.txt', '/here/more/', '', '/here']
  expect(await statusesOf(...paths)).toEqual([200, 200, 200, 200, 200, 301])
  await deny(`/ipfs/${document.cid}/here/docs/index.html`)
  expect(await statusesOf(...paths)).toEqual([410, 410, 200, 200, 200, 301])
  await deny(`/ipfs/${document.cid}/index.html`)
  expect(await statusesOf(...paths)).toEqual([200, 200, 200, 200, 200, 301])
  await deny()
})
