import { randomBytes } from 'node:crypto'
import { openSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newTitle } from './commit-marker.ts'
import { DIRECT_BYTES, type DirectFile, DirectWrites } from './direct-writes.ts'
import { SegmentWriter } from './segment-writer.ts'
import { segmentPath, segmentsFolder } from './segment-path.ts'
import { leafDag } from './test-dags.ts'
import { blockKey } from './block-key.ts'

const key = blockKey(leafDag('any').root)

/** On a disk: memory has no direct writes. */
const diskFolder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-direct-'))
  await mkdir(segmentsFolder(path))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

test('a segment has the same bytes whether it is written past the page cache or not', async () => {
  await using folder = await diskFolder()
  const directory = folder.path
  const title = newTitle('own', 'public')
  const blocks = [10, DIRECT_BYTES - 7, 3 * DIRECT_BYTES + 4096, 5_000, 70_000].map((size) => randomBytes(size))
  const files: Buffer[] = []
  for (const [id, direct] of [undefined, new DirectWrites()].entries()) {
    const writer = SegmentWriter.create(directory, id, title, {}, direct)
    const places = blocks.map((bytes) =>
      writer.appendParts(key, [bytes.subarray(0, 4), bytes.subarray(4)], bytes.length),
    )
    await writer.drained()
    // A flush in the middle, as before a marker, ends the large pieces.
    await writer.flush()
    places.push(writer.append(key, randomBytes(0)), writer.append(key, blocks[4] as Buffer))
    await writer.sync()
    await writer.close()
    const file = readFileSync(segmentPath(directory, id))
    expect(file.length).toBe(writer.length)
    for (const [i, bytes] of blocks.entries()) {
      const { offset, length } = places[i] as { offset: number; length: number }
      expect(file.subarray(offset, offset + length).equals(bytes)).toBe(true)
    }
    files.push(file)
  }
  expect(files[0]?.equals(files[1] as Buffer)).toBe(true)
})

test('more writers than buffers write in the usual way beside them', async () => {
  await using folder = await diskFolder()
  const directory = folder.path
  const writes = new DirectWrites()
  const contents = Array.from({ length: 9 }, () => randomBytes(2 * DIRECT_BYTES))
  await Promise.all(
    contents.map(async (content, i) => {
      const path = join(directory, String(i))
      const fd = openSync(path, 'wx')
      const file: DirectFile = { fd: undefined }
      await writes.open(path, file)
      for (const at of [0, DIRECT_BYTES]) await writes.write(file, fd, [content.subarray(at, at + DIRECT_BYTES)], at)
      expect(readFileSync(path).equals(content)).toBe(true)
    }),
  )
})

test('a file that was not opened for it is written in the usual way', async () => {
  await using folder = await diskFolder()
  const path = join(folder.path, 'file')
  const fd = openSync(path, 'wx')
  const content = randomBytes(DIRECT_BYTES)
  await new DirectWrites().write({ fd: undefined }, fd, [content], 0)
  expect(readFileSync(path).equals(content)).toBe(true)
})
