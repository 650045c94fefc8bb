import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FileWindow, WINDOW_BYTES } from './file-window.ts'

const SIZE = 3 * WINDOW_BYTES + 12_345
/** No two places within a window look alike. */
const bytes = Buffer.alloc(SIZE)
for (let at = 0; at + 4 <= SIZE; at += 4) bytes.writeUInt32LE(at, at)

let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'holdfast-window-'))
  file = path.join(folder, 'file')
  await writeFile(file, bytes)
})
afterAll(() => rm(folder, { recursive: true }))

const MAX_RECORD = 2 * 1024 * 1024 + 100
/** Most reads go on where the last one ended, as scans do; some go back, or far ahead. */
const reads = fc.array(
  fc.record({
    move: fc.oneof(
      { weight: 5, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: -SIZE, max: SIZE }) },
    ),
    length: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: MAX_RECORD })),
    ahead: fc.constantFrom(512, WINDOW_BYTES),
  }),
  { minLength: 1, maxLength: 30 },
)

it('gives the bytes of the file, whatever is read in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), reads, async (isReadWhole, all) => {
      const handle = await open(file)
      const window = new FileWindow(handle, { size: SIZE, isReadWhole })
      try {
        let position = 0
        for (const { move, length, ahead } of all) {
          position = Math.min(SIZE, Math.max(0, position + move))
          const got = await window.at(position, length, ahead)
          expect(got.equals(bytes.subarray(position, position + length)), `${length} bytes at ${position}`).toBe(true)
          position += got.length
        }
      } finally {
        await window.settled()
        await handle.close()
      }
    }),
    { numRuns: 60 },
  )
})
