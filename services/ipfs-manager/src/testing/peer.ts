import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { walkDag } from '@packages/content/dag/walk-dag'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { MissingBlockError } from '@packages/content/unixfs/dag-errors'
import type { NetworkFetch } from '../embedded/embedded-backend.ts'
import { BackendError } from '../pin-backend.ts'

/** Somebody else who has content: a store of its own, from which blocks are fetched one by one. */
export const startPeer = async (own: BlockStore) => {
  const directory = await mkdtemp(join(tmpdir(), 'hf-peer-'))
  const store = await BlockStore.open({ directory, noIndexSync: true })
  let started = 0
  /** While set, nothing comes; whoever is called off ends. */
  const gate: { open: Promise<void>; ignoresAbort?: boolean } = { open: Promise.resolve() }
  const asked: { cid: string; origins: readonly string[] }[] = []

  /** Makes a file that this peer has, and nobody else. */
  const bring = async (bytes: Uint8Array): Promise<string> => {
    const upload = store.beginUpload({ realm: 'public', contentId: `peer-${++started}` })
    const source = async function* () {
      yield bytes
    }
    const { root } = await importFile(source(), { sink: upload, profile: importProfiles['unixfs-v1-2025'] })
    await upload.commit(root)
    return root.toString()
  }

  /** How a store fetches from this peer. */
  const fetchInto =
    (into: BlockStore): NetworkFetch =>
    async (root, { origins }, { limits, onProgress, signal }) => {
      asked.push({ cid: root.cid.toString(), origins })
      const upload = into.beginUpload({ realm: 'public', contentId: root.contentId })
      const told = { phase: 'fetching' as const, blocks: 0, bytes: 0, providers: [] }
      try {
        for await (const { cid, bytes } of walkDag(store.reader('public'), root.cid)) {
          told.blocks++
          told.bytes += bytes.length
          if (told.bytes > limits.maxBytes) throw new BackendError('limit_bytes', 'It is too large.')
          await upload.put(cid, new Uint8Array(bytes))
          onProgress?.({ ...told, providers: [{ peerId: 'peer', outcome: 'sent' }] })
          await untilOpen(signal)
        }
        await upload.commit(root.cid)
      } catch (error) {
        await upload.abort()
        if (error instanceof MissingBlockError) throw new BackendError('no_providers', 'Nobody has it.')
        throw error
      }
    }

  const untilOpen = async (signal: AbortSignal): Promise<void> => {
    if (gate.ignoresAbort === true) return gate.open
    const { promise, reject } = Promise.withResolvers<never>()
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    try {
      await Promise.race([gate.open, promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  return {
    bring,
    fetchInto,
    fetchDag: fetchInto(own),
    gate,
    asked,
    stop: async () => {
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type Peer = Awaited<ReturnType<typeof startPeer>>
