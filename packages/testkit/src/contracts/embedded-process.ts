import { BlockStore } from '@packages/content/block-store/block-store'
import { inPieces } from '@packages/content/car/test-cars'
import { EmbeddedBackend } from '@services/ipfs-manager/embedded/embedded-backend'
import { CID } from 'multiformats/cid'

/** A store in a process that is going to be killed: `embedded-process.ts <directory>`. Holds the CARs that it is sent, and says when it does. */
export type EnsureMessage = { contentId: string; cid: string; car: Uint8Array }
export type EnsuredMessage = { dagSize: number; blocks: number } | { error: string }

const [directory = ''] = process.argv.slice(2)
const store = await BlockStore.open({ directory })
const backend = new EmbeddedBackend({ store, nodeId: 'spare', network: 'public' })
const limits = { maxMs: 20_000, stallMs: 10_000, maxBytes: 2 ** 30, maxBlocks: 100_000, maxDepth: 1_000 }

process.on('message', ({ contentId, cid, car }: EnsureMessage) => {
  const root = { contentId, cid: CID.parse(cid), network: 'public', dagSize: null } as const
  const source = { kind: 'car', open: () => inPieces(car) } as const
  const options = { limits, signal: AbortSignal.timeout(20_000) }
  backend.ensure('spare', root, source, options).then(
    ({ dagSize, blocks }) => process.send?.({ dagSize, blocks } satisfies EnsuredMessage),
    (error: unknown) => process.send?.({ error: String(error) } satisfies EnsuredMessage),
  )
})
process.send?.('ready')
