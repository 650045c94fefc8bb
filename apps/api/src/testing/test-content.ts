import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import { IngestCommitter } from '@packages/db/ingest-committer'
import type { Database } from '@packages/db/open-database'
import { openEpoch } from '@packages/db/store-epoch'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { EmbeddedBackend } from '@services/ipfs-manager/embedded/embedded-backend'
import { ensureEmbeddedNode } from '@services/ipfs-manager/embedded-node'
import { Findability, type FindabilityDeps } from '@services/ipfs-manager/network/findability'
import { IpfsManager } from '@services/ipfs-manager/ipfs-manager'
import type { ContentDeps } from '../app.ts'

/** Of a peer that nobody is. */
export const TEST_DELEGATE = '/ip4/127.0.0.1/tcp/4001/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp'

export type TestContent = {
  /** The store's. */
  directory: string
  store: BlockStore
  manager: IpfsManager
  committer: IngestCommitter
  /** Where clients of the Pinning Service API are sent; one address by default. */
  delegates: string[]
  /** What others in the network are asked; nobody is there by default. */
  network: Pick<FindabilityDeps, 'ask'>
  deps: ContentDeps
  stop(): Promise<void>
}

/** A real store in a temporary folder, kept by a real manager: what `buildApi` takes as `content`. */
export const startTestContent = async (db: Database): Promise<TestContent> => {
  const directory = await mkdtemp(join(tmpdir(), 'hf-api-'))
  const store = await BlockStore.open({ directory, noIndexSync: true })
  const staging = await UploadStaging.open({ directory: join(directory, 'uploads') })
  const nodeId = await ensureEmbeddedNode(db)
  const logger = silentLogger
  const backend = new EmbeddedBackend({ store, nodeId, network: 'public' })
  const raiseEpoch = () => openEpoch(db, store, { nodeId })
  const manager = new IpfsManager({ db, store, nodeId, backend, logger, raiseEpoch })
  await manager.start()
  const committer = new IngestCommitter({ unitOfWork: db.unitOfWork, logger })
  const delegates = [TEST_DELEGATE]
  const network: TestContent['network'] = { ask: () => null }
  return {
    directory,
    store,
    manager,
    committer,
    delegates,
    network,
    deps: {
      store,
      committer,
      nodeId,
      releases: manager.releases,
      alarms: manager.alarms,
      freeSpace: async () => 2 ** 40,
      limits: { uploadMaxBytes: 2 ** 40, minFreeBytes: 0 },
      staging,
      delegates: async () => delegates,
      findability: new Findability({ ask: (cid, signal) => network.ask(cid, signal) }),
      clock: { now: Date.now, expiresAfterMs: 7 * 24 * 60 * 60_000 },
    },
    stop: async () => {
      await committer.close()
      await manager.stop()
      await db.jobs.stop()
      await store.close()
      await staging.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
