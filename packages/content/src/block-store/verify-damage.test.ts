import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BlockStore, type ScrubEvent } from './block-store.ts'
import { segmentPath } from './segment-path.ts'
import { leafDag, problemsOf, putDag, testFolders } from './test-dags.ts'

/** The codec of the title's identity CID, and the title's second copy. */
const isUnread = (at: number): boolean => at === 20 || (at >= 50 && at < 77)

const overwrite = (path: string, position: number, byte: number): void => {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.of(byte), 0, 1, position)
  closeSync(file)
}

test('every byte of a segment counts for verify and scrub: header, title, heads, blocks, lists, markers', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const store = await BlockStore.open({ directory, noIndexSync: true })
  for (const name of ['one', 'two', 'three']) await putDag(store, name, leafDag(name))
  await store.idle()
  const path = segmentPath(directory, 1)
  const sound = readFileSync(path)
  const told: ScrubEvent['type'][] = []
  for (let at = 0; at < sound.length; at++) {
    if (isUnread(at)) continue
    overwrite(path, at, (sound[at] ?? 0) ^ 0x10)
    const scrubbed: ScrubEvent[] = []
    const options = { signal: AbortSignal.timeout(10_000), bytesPerSecond: Number.POSITIVE_INFINITY }
    for await (const event of store.scrub(options)) if (event.type !== 'progress') scrubbed.push(event)
    expect(scrubbed.length, `scrub, byte ${at}`).toBeGreaterThan(0)
    expect((await problemsOf(store)).length, `verify, byte ${at}`).toBeGreaterThan(0)
    told.push(...scrubbed.map(({ type }) => type))
    overwrite(path, at, sound[at] ?? 0)
  }
  expect(new Set(told)).toEqual(new Set(['damaged', 'damaged-markers']))
  // Notes of damage that has gone again are taken back.
  for (const name of ['one', 'two', 'three'])
    expect(await store.check({ realm: 'public', cid: leafDag(name).root })).toEqual({ state: 'sound' })
  expect(await problemsOf(store)).toEqual([])
  await store.close()
})
