import { randomUUIDv7 } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { cacheCar } from '@packages/content/car/cache-car'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ImportOutcome } from './import-folder.ts'

export type TakeCarDeps = {
  store: Pick<BlockStore, 'beginUpload' | 'release' | 'settle' | 'roots'>
  /** What is served without a pin may have this many bytes. */
  cacheBytes: number
  /** So many stay free for pins. */
  minFreeBytes: number
  freeSpace: () => Promise<number>
}

/** Brings a CAR's blocks into what the gateway serves, as long as the disk has room for it beside what pins need. */
export const takeCar = async (file: string, deps: TakeCarDeps, signal?: AbortSignal): Promise<ImportOutcome> => {
  const { store, cacheBytes, minFreeBytes, freeSpace } = deps
  try {
    const { size } = await stat(file)
    if ((await freeSpace()) - size < minFreeBytes)
      return { kind: 'refused', reason: 'The disk would have less free space than MIN_FREE_BYTES.' }
    const source = createReadStream(file, { highWaterMark: 1024 * 1024, ...(signal === undefined ? {} : { signal }) })
    const contentId = randomUUIDv7()
    const options = { store, contentId, maxBytes: cacheBytes, ...(signal === undefined ? {} : { signal }) }
    return { kind: 'imported', ...(await cacheCar(source, options)) }
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return { kind: 'refused', reason: error.message }
  }
}
