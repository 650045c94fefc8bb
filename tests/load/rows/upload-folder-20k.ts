import type { BenchRow } from '../frame/bench-row.ts'
import { addFolder } from '../http/add-folder.ts'

const FILES = 20_000

export const uploadFolder20k: BenchRow = {
  name: 'upload-folder-20k',
  unit: 'files/s',
  about: `One folder of ${FILES} different tiny files in one request, until the durable answer. New bytes in each round.`,
  prepare: async (contestant) => async (round) => {
    const files = Array.from(
      { length: FILES },
      (_, n) => [`folder/${n}.txt`, Buffer.from(`tiny file ${n} of round ${round}\n`.repeat(1 + (n % 8)))] as const,
    )
    const start = performance.now()
    const proof = await addFolder(contestant, files)
    return { value: FILES / ((performance.now() - start) / 1000), proof }
  },
}
