import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { MasterKey } from '@packages/runtime/master-key'
import { silentLogger } from '@packages/runtime/minimal-logger'
import type { CID } from 'multiformats/cid'
import { EmbeddedNetwork, type NetworkSettings } from '../network/embedded-network.ts'

/** A block store with a node of its own on loopback, which serves its public realm. */
export const startTestNetwork = async (settings: Partial<NetworkSettings> = {}) => {
  const directory = await mkdtemp(join(tmpdir(), 'hf-network-'))
  const store = await BlockStore.open({ directory, noIndexSync: true })
  const reader = store.reader('public')
  /** Served besides, by CID. */
  const extra = new Map<string, Uint8Array>()
  /** Blocks that were read to be served. */
  const reads = { count: 0 }
  const network = new EmbeddedNetwork({
    settings: {
      network: 'public',
      host: '127.0.0.1',
      port: 0,
      bootstrap: [],
      announce: [],
      dialsPrivate: true,
      ...settings,
    },
    blocks: {
      sizeOf: (cid) => extra.get(cid.toString())?.length ?? reader.locate(cid)?.length,
      get: async (cid) => {
        reads.count++
        return extra.get(cid.toString()) ?? (await reader.get(cid).catch(() => undefined))
      },
    },
    store,
    masterKey: new MasterKey(randomBytes(32)),
    logger: silentLogger,
  })
  await network.start()
  // Whoever starts it does not wait for it.
  if (network.report().state !== 'starting') throw new Error('it was waited for')
  const report = await network.settled()
  if (report.state !== 'up') throw new Error(report.reason ?? report.state)
  const bring = async (bytes: Uint8Array, realm = 'public'): Promise<CID> => {
    const upload = store.beginUpload({ realm, contentId: randomUUIDv7() })
    const source = async function* () {
      yield bytes
    }
    const { root } = await importFile(source(), { sink: upload, profile: importProfiles['unixfs-v1-2025'] })
    await upload.commit(root)
    return root
  }
  return {
    store,
    network,
    reads,
    extra,
    bring,
    /** On loopback. */
    address: report.addresses.find((address) => address.startsWith('/ip4/127.0.0.1/')) ?? '',
    stop: async () => {
      await network.stop()
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type TestNetwork = Awaited<ReturnType<typeof startTestNetwork>>
