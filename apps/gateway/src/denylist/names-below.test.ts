import type { BlockSource } from '@packages/content/block-source'
import { exportScope } from '@packages/content/car/export-scope'
import { cborBlock, sha256 } from '@packages/content/car/test-cars'
import { exportTar } from '@packages/content/tar/export-tar'
import { dagPbCid } from '@packages/content/unixfs/block-cid'
import { encodeDirectory } from '@packages/content/unixfs/directory-node-encode'
import { MemoryBlocks } from '@packages/content/unixfs/memory-blocks'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import { describe, expect, it } from 'vitest'
import { type CheckPath, NamesBelow } from './names-below.ts'

const blocks = new MemoryBlocks()
const file = (text: string): CID => blocks.raw(Buffer.from(text))
const bytesOf = (entries: Record<string, CID>): Uint8Array => {
  const byName = Object.entries(entries).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return encodeDirectory(byName.map(([name, cid]) => ({ name, cid: cid.bytes, dagBytes: 1 })))
}
const directory = (entries: Record<string, CID>): CID => {
  const bytes = bytesOf(entries)
  const cid = dagPbCid(bytes, 1)
  blocks.put(cid, bytes)
  return cid
}
/** A directory of `count` entries. */
const wide = (count: number, to: CID, more: Record<string, CID> = {}): CID =>
  directory({ ...Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}`, to])), ...more })

const denying =
  (denied: string) =>
  (path: string): void => {
    if (path === denied) throw new Error(`denied: ${path}`)
  }

type Way = { kind: string; repeats: boolean; archive(source: BlockSource, root: CID): AsyncIterable<Uint8Array> }
const car =
  (repeats: boolean): Way['archive'] =>
  (source, cid) =>
    exportScope(source, { cid, path: [] }, { scope: 'all', repeats })
const WAYS: Way[] = [
  { kind: 'TAR', repeats: true, archive: (source, root) => exportTar(source, { root, name: 'x' }) },
  { kind: 'CAR', repeats: false, archive: car(false) },
  { kind: 'CAR with repeated blocks', repeats: true, archive: car(true) },
]

/** What is sent of an archive, and what ended it. */
const sent = async (root: CID, { repeats, archive }: Way, checkPath: CheckPath) => {
  const names = new NamesBelow({ root, checkPath, repeats })
  let early = true
  const parts: Uint8Array[] = []
  try {
    await names.lookAhead(blocks)
    early = false
    for await (const part of archive(names.guard(blocks), root)) parts.push(part)
    return { text: Buffer.concat(parts).toString('latin1'), error: undefined, early }
  } catch (error) {
    return { text: Buffer.concat(parts).toString('latin1'), error: (error as Error).message, early }
  }
}

describe.each(WAYS)('a $kind', (way) => {
  it('is refused before its first byte where the denied path is near', async () => {
    const root = directory({ a: directory({ b: directory({ 'c.txt': file('c') }) }) })
    expect(await sent(root, way, denying('a/b/c.txt'))).toEqual({ text: '', error: 'denied: a/b/c.txt', early: true })
    expect((await sent(root, way, denying('a/b'))).early).toBe(true)
    expect((await sent(root, way, denying('b/c.txt'))).error).toBeUndefined()
  })

  it('is cut before what is denied where that is far from its beginning', async () => {
    const big = (at: number): CID => file(`near ${at} `.padEnd(100_000))
    const near = Object.fromEntries(
      Array.from({ length: 5 }, (_, at) => [`a${at}`, wide(900, file('x'), { big: big(at) })]),
    )
    const root = directory({ ...near, z: directory({ 'secret.txt': file('kept from all') }) })
    const { text, error, early } = await sent(root, way, denying('z/secret.txt'))
    expect([error, early]).toEqual(['denied: z/secret.txt', false])
    expect(text).toContain('near 4')
    expect(text).not.toContain('kept from all')
    const whole = await sent(root, way, denying('z/other.txt'))
    expect([whole.error, whole.text.includes('kept from all')]).toEqual([undefined, true])
  })

  it('that begins with many names looks at each of them once', async () => {
    const root = directory({ a: wide(2_000, file('x')), b: wide(2_500, file('y')), c: wide(3_000, file('z')) })
    const seen: string[] = []
    expect((await sent(root, way, (path) => void seen.push(path))).error).toBeUndefined()
    expect(seen).toHaveLength(7_503)
    expect(new Set(seen).size).toBe(7_503)
  })

  it('of a directory that has two names is one of both', async () => {
    const shared = directory({ 'x.txt': file('x') })
    const root = directory({ one: shared, two: directory({ deep: shared }) })
    expect((await sent(root, way, denying('two/deep/x.txt'))).error).toBe(
      way.repeats ? 'denied: two/deep/x.txt' : undefined,
    )
    expect((await sent(directory({ one: shared, two: shared }), way, denying('two/x.txt'))).error).toBe(
      'denied: two/x.txt',
    )
  })

  it('has names in identity CIDs as well', async () => {
    const inline = CID.createV1(
      0x70,
      identity.digest(bytesOf({ 'x.txt': CID.createV1(0x55, identity.digest(Buffer.from('x'))) })),
    )
    const far = wide(5_000, file('x'), { inline })
    expect((await sent(directory({ far }), way, denying('far/inline/x.txt'))).error).toBe('denied: far/inline/x.txt')
  })
})

it('what more paths lead through than can be looked at is no archive', async () => {
  let root = directory({ 'x.txt': file('x') })
  for (let level = 0; level < 30; level++) root = directory({ a: root, b: root })
  expect((await sent(root, { kind: 'CAR', repeats: false, archive: car(false) }, () => undefined)).error).toContain(
    'too many paths lead through it',
  )
})

it('names are looked at in turns of the event loop', async () => {
  const root = wide(10_000, file('x'))
  let [inTurn, most] = [0, 0]
  let isOver = false
  const turn = (): void => {
    inTurn = 0
    if (!isOver) setImmediate(turn)
  }
  turn()
  const checkPath = (): void => void (most = Math.max(most, ++inTurn))
  await new NamesBelow({ root, checkPath, repeats: false }).lookAhead(blocks)
  isOver = true
  expect(most).toBeGreaterThan(0)
  expect(most).toBeLessThan(1_000)
})

it('ends with the signal of its reader', async () => {
  const root = wide(1_000, file('x'))
  const gone = new AbortController()
  const names = new NamesBelow({ root, checkPath: () => gone.abort(new Error('gone')), repeats: false })
  await expect(names.guard(blocks).get(root, { signal: gone.signal })).rejects.toThrow('gone')
})

it('DAG-CBOR: links of fields and lists are paths, and what is malformed leads nowhere', async () => {
  const { cid: root, bytes } = cborBlock({ a: { list: [1, file('x')] }, b: directory({ 'y.txt': file('y') }) })
  blocks.put(root, bytes)
  const seen: string[] = []
  await new NamesBelow({ root, checkPath: (path) => void seen.push(path), repeats: false }).lookAhead(blocks)
  expect(seen.toSorted()).toEqual(['a/list/1', 'b', 'b/y.txt'])
  const broken = Uint8Array.of(0xff, 0x00)
  for (const codec of [0x70, 0x71, 0x0129]) {
    const cid = sha256(codec, broken)
    const guarded = new NamesBelow({ root: cid, checkPath: denying('x'), repeats: false }).guard({
      get: async () => broken,
    })
    expect(await guarded.get(cid)).toBe(broken)
  }
})
