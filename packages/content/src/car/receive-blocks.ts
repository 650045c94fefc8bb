import { CODEC_RAW } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type BlockKey, blockKey, isIdentity } from '../block-store/block-key.ts'
import { blockLinks } from '../block-store/block-links.ts'
import type { Upload } from '../block-store/upload.ts'
import { invalidCar } from './car-errors.ts'
import type { CarGraph } from './car-graph.ts'
import type { CarBlock } from './car-section.ts'

const NO_LINKS: readonly BlockKey[] = []

export type Received = {
  /** Sections, and how many of them brought a block once more. */
  sections: number
  duplicates: number
}

/** Puts hashed blocks into an upload and notes them in the graph, each once. `isFlat`: the upload's realm does not follow links. */
export const receiveBlocks = async (
  blocks: AsyncIterable<readonly CarBlock[]>,
  { upload, graph, isFlat }: { upload: Pick<Upload, 'put' | 'putParts'>; graph: CarGraph; isFlat: boolean },
): Promise<Received> => {
  const received: Received = { sections: 0, duplicates: 0 }
  for await (const run of blocks) {
    for (const { cid, parts, length } of run) {
      received.sections++
      // It holds its bytes itself; whoever links to it brings them along.
      if (isIdentity(cid)) continue
      const key = blockKey(cid)
      if (graph.has(key)) {
        received.duplicates++
        continue
      }
      let wait: Promise<void> | void
      if (cid.code === CODEC_RAW && parts.length > 1) {
        graph.add(key, length, NO_LINKS)
        wait = upload.putParts(cid, parts, length)
      } else {
        const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, length)
        const links = cid.code === CODEC_RAW ? NO_LINKS : linksOf(cid, bytes)
        graph.add(key, length, links)
        wait = upload.put(cid, bytes, isFlat ? NO_LINKS : links)
      }
      if (wait !== undefined) await wait
    }
  }
  return received
}

const linksOf = (cid: CarBlock['cid'], bytes: Uint8Array): readonly BlockKey[] => {
  try {
    return blockLinks(cid.code, bytes, 'public')
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'invalid_request')
      throw invalidCar(`the block ${cid} is not what its codec says, or nested too deep`, error)
    throw error
  }
}
