import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { NETWORK_CACHE_REALM } from '@packages/content/cache/block-cache'
import { CACHE_REALM } from '@packages/content/car/cache-car'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import { importFile } from '@packages/content/unixfs/import-file'
import { type ImportProfileName, importProfiles } from '@packages/content/unixfs/import-profile'
import { IngestCommitter } from '@packages/db/ingest-committer'
import { removePins } from '@packages/db/remove-pins'
import { startTestDatabase } from '@packages/db/test-database'
import { ingestItem, seedNode, seedOrganization } from '@packages/db/test-database/seed'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { canonicalCid } from '@packages/shared/cid'
import { type Gateway, type GatewayOptions, startGateway } from '../start-gateway.ts'

export type UploadedFile = { cid: string; contentId: string; pinId: string; organizationId: string }

export type TestGateway = {
  gateway: Gateway
  url: string
  store: BlockStore
  directory: string
  databaseUrl: string
  db: Awaited<ReturnType<typeof startTestDatabase>>['db']
  /** Stores and commits a file as an upload does. */
  upload(
    body: Uint8Array,
    options?: { name?: string; profile?: ImportProfileName; owner?: { organizationId: string; userId: string } },
  ): Promise<UploadedFile>
  /** Deletes it as the API does: rows and policy entries first, then the store's root. */
  remove(file: UploadedFile): Promise<void>
  newOwner(): Promise<{ organizationId: string; userId: string }>
  stop(): Promise<void>
}

async function* inChunks(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += 65_536) yield body.subarray(at, at + 65_536)
}

/** A gateway over a real block store and a real database, in a temporary folder. */
export const startTestGateway = async (
  options: Partial<
    Pick<
      GatewayOptions,
      | 'workers'
      | 'limits'
      | 'hotBytes'
      | 'trustedProxies'
      | 'sites'
      | 'dnslinks'
      | 'routers'
      | 'nameQuota'
      | 'redirectsElsewhere'
      | 'denylists'
      | 'sharedCaches'
      | 'accessLog'
      | 'far'
      | 'fetching'
      | 'logger'
    >
  > &
    Partial<GatewayOptions['files']> = {},
): Promise<TestGateway> => {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-gateway-'))
  const database = await startTestDatabase()
  const { db } = database
  const store = await BlockStore.open({ directory })
  const workers = options.workers ?? 'in-process'
  const gateway = await startGateway({
    db,
    storeDirectory: directory,
    ...(workers === 'in-process'
      ? {
          reader: store.reader('public'),
          cachedReader: store.reader(CACHE_REALM),
          fetchedReader: store.reader(NETWORK_CACHE_REALM),
          privateReader: store.reader(PRIVATE_REALM),
        }
      : {}),
    host: '127.0.0.1',
    port: 0,
    workers,
    files: {
      passwordTries: {
        client: createMemoryRateLimiter({ name: 'link-password', limit: 5, windowMs: 900_000 }),
        link: createMemoryRateLimiter({ name: 'link-passwords', limit: 8, windowMs: 900_000 }),
      },
      authenticateReader: options.authenticateReader,
      privateFiles: options.privateFiles,
    },
    trustedProxies: options.trustedProxies ?? [],
    ...(options.sites === undefined ? {} : { sites: options.sites }),
    ...(options.dnslinks === undefined ? {} : { dnslinks: options.dnslinks }),
    ...(options.routers === undefined ? {} : { routers: options.routers }),
    ...(options.nameQuota === undefined ? {} : { nameQuota: options.nameQuota }),
    redirectsElsewhere: options.redirectsElsewhere ?? false,
    denylists: options.denylists ?? [],
    sharedCaches: options.sharedCaches ?? false,
    accessLog: options.accessLog ?? null,
    far: options.far ?? null,
    fetching: options.fetching ?? null,
    logger: options.logger ?? silentLogger,
    logLevel: 'silent',
    readerCheck: () => store.checkReaders(),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.hotBytes === undefined ? {} : { hotBytes: options.hotBytes }),
  })
  const committer = new IngestCommitter({ unitOfWork: db.unitOfWork, logger: silentLogger })
  const nodeId = await seedNode(db)
  const defaultOwner = await seedOrganization(db)

  const upload: TestGateway['upload'] = async (body, more = {}) => {
    const owner = more.owner ?? defaultOwner
    const contentId = randomUUIDv7()
    const sink = store.beginUpload({ realm: 'public', contentId })
    const profile = importProfiles[more.profile ?? 'unixfs-v1-2025']
    const { root } = await importFile(inChunks(body), { sink, profile })
    const { dagSize, blocks } = await sink.commit(root)
    const pinId = randomUUIDv7()
    const file = { id: randomUUIDv7(), name: more.name ?? 'file', contentType: 'x/x', size: body.length, metadata: {} }
    const item = ingestItem(owner, nodeId, root.toString(), {
      contentId,
      canonicalCid: canonicalCid(root),
      dagSize,
      blocks,
      file,
      pin: { id: pinId },
    })
    const committed = await committer.commit(item)
    store.settle(contentId)
    if (committed.contentId !== contentId) await store.release(contentId)
    return { cid: root.toString(), contentId: committed.contentId, pinId, organizationId: owner.organizationId }
  }

  const remove: TestGateway['remove'] = async ({ organizationId, pinId }) => {
    const { result } = await db.unitOfWork.run((uow) =>
      removePins(uow, { organizationId, pinIds: [pinId], actorId: null }),
    )
    for (const contentId of result.releasedContentIds) await store.release(contentId)
  }

  return {
    gateway,
    url: `http://127.0.0.1:${gateway.port}`,
    store,
    directory,
    db,
    databaseUrl: database.url,
    upload,
    remove,
    newOwner: () => seedOrganization(db),
    stop: async () => {
      await gateway.stop(500)
      await store.close()
      await database.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
