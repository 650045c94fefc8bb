import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlockSource } from '@packages/content/block-source'
import { BlockStore } from '@packages/content/block-store/block-store'
import { openPrivateContent } from '@packages/content/private/open-private-content'
import { beginPrivateUpload } from '@packages/content/private/private-upload'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { IngestCommitter, type CommittedIngest, type IngestItem } from '@packages/db/ingest-committer'
import type { Database } from '@packages/db/open-database'
import { removePins } from '@packages/db/remove-pins'
import { startTestDatabase } from '@packages/db/test-database'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { ensureEmbeddedNode } from '../embedded-node.ts'
import { EmbeddedBackend } from '../embedded/embedded-backend.ts'
import { ElapsedTime } from '../elapsed-time.ts'
import { StoreAlarms } from '../store-alarms.ts'

export type TestUpload = { contentId: string; cid: string; dagSize: number; blocks: number; size: number }

export type PrivateUpload = TestUpload & {
  item: IngestItem
  /** Of the plaintext. */
  root: CID
  open(blocks: BlockSource): Promise<BlockSource>
}

/** A store and a database with one organization, on a clock that tests turn. */
export const startTestManager = async () => {
  const { db, stop: stopDatabase } = await startTestDatabase()
  const directory = await mkdtemp(join(tmpdir(), 'hf-manager-'))
  /** `monotonic`: what a clock that never jumps says; as `now`, when it is not set. */
  const clock: { now: number; monotonic?: number } = { now: Date.UTC(2026, 0, 1) }
  const now = () => clock.now
  const store = await BlockStore.open({ directory, noIndexSync: true, now })
  const nodeId = await ensureEmbeddedNode(db)
  const { organizationId, userId } = await addOrganization(db)
  const backend = new EmbeddedBackend({ store, nodeId, network: 'public' })
  const logger = silentLogger
  const committer = new IngestCommitter({ unitOfWork: db.unitOfWork, logger })
  const gate = { open: true, isOpen: () => gate.open }
  const alarms = new StoreAlarms(logger, now)

  /** Brings bytes into the store, under a new content id that stays in flight. */
  const bring = async (bytes: Uint8Array): Promise<TestUpload> => {
    const contentId = randomUUIDv7()
    const upload = store.beginUpload({ realm: 'public', contentId })
    const source = async function* () {
      yield bytes
    }
    const { root, size } = await importFile(source(), { sink: upload, profile: importProfiles['unixfs-v1-2025'] })
    return { contentId, cid: root.toString(), size, ...(await upload.commit(root)) }
  }

  /** Writes the rows of what was brought, without settling it; by default as the one organization that there is. */
  const own = (upload: TestUpload, owner = { organizationId, userId }): Promise<CommittedIngest> =>
    committer.commit({
      ...owner,
      realm: 'public',
      nodeId,
      ...upload,
      canonicalCid: canonicalCid(parseCid(upload.cid)),
      file: { id: randomUUIDv7(), name: 'a', contentType: 'text/plain', size: upload.size, metadata: {} },
      pin: { id: randomUUIDv7() },
    })

  /** The same of a private file; `open` reads what it was from blocks that somebody has, without whom else the key is of no use. */
  const bringPrivate = async (bytes: Uint8Array): Promise<PrivateUpload> => {
    const owner = { organizationId, contentId: randomUUIDv7(), rootKey: new Uint8Array(randomBytes(32)) }
    const { contentId } = owner
    const upload = beginPrivateUpload(store, owner)
    const source = async function* () {
      yield bytes
    }
    const { root, size } = await importFile(source(), { sink: upload, profile: importProfiles['unixfs-v1-2025'] })
    const { list, dagSize, blocks } = await upload.commit(root)
    const cid = list.toString()
    const item: IngestItem = {
      organizationId,
      userId,
      contentId,
      realm: 'private',
      nodeId,
      dagSize,
      blocks,
      cid: `sealed:${contentId}`,
      canonicalCid: canonicalCid(list),
      file: { id: randomUUIDv7(), name: 'sealed:name', contentType: 'text/plain', size, metadata: {} },
      pin: { id: randomUUIDv7() },
      sealed: {
        pinCid: `sealed:${contentId}`,
        cidHash: randomBytes(32),
        nameHash: randomBytes(32),
        rootKey: { content_id: contentId, organization_id: organizationId, wrapped: randomBytes(60) },
      },
    }
    const open = (blocks: BlockSource) => openPrivateContent(blocks, { ...owner, list })
    return { contentId, cid, size, dagSize, blocks, item, root, open }
  }

  const unpin = (pinIds: string[]) =>
    db.unitOfWork.run((uow) => removePins(uow, { organizationId, pinIds, actorId: null }))

  return {
    db,
    store,
    directory,
    clock,
    nodeId,
    organizationId,
    userId,
    gate,
    alarms,
    logger,
    committer,
    bring,
    bringPrivate,
    own,
    unpin,
    deps: {
      db,
      store,
      backend,
      gate,
      alarms,
      logger,
      nodeId,
      now,
      elapsed: new ElapsedTime(() => clock.monotonic ?? clock.now),
    },
    held: async (cid: string) => (await store.reader('public').get(parseCid(cid))) !== undefined,
    stop: async () => {
      await committer.close()
      await store.close()
      await stopDatabase()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type TestManager = Awaited<ReturnType<typeof startTestManager>>

const addOrganization = async (db: Database): Promise<{ organizationId: string; userId: string }> => {
  const [organizationId, userId] = [randomUUIDv7(), randomUUIDv7()]
  await db.kysely
    .insertInto('users')
    .values({ id: userId, name: 'a', email: `${userId}@example.org` })
    .execute()
  await db.kysely.insertInto('organizations').values({ id: organizationId, name: 'a', slug: organizationId }).execute()
  return { organizationId, userId }
}
