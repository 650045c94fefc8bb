import type { BlockSource } from '@packages/content/block-source'
import { exportScope } from '@packages/content/car/export-scope'
import { cborBlock, sha256 } from '@packages/content/car/test-cars'
import { exportTar } from '@packages/content/tar/export-tar'
import { dagPbCid } from '@packages/content/unixfs/block-cid'
import { encodeDirectory } from '@packages/content/unixfs/directory-node-encode'
import { MemoryBlocks } from '@packages/content/unixfs/memory-blocks'
import * as fc from 'fast-check'
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
    expect((await sent(root, way, denying('two/deep/x.txt'))).error).toBe('denied: two/deep/x.txt')
    expect((await sent(directory({ one: shared, two: shared }), way, denying('two/x.txt'))).error).toBe(
      'denied: two/x.txt',
    )
  })

  it('is cut where a directory is met again under a denied path, far from its beginning', async () => {
    const inner = directory({ 'x.txt': file('x'), 'y.txt': file('y') })
    const shared = directory({ inner, 'z.txt': file('z') })
    const padding = Object.fromEntries(
      Array.from({ length: 5 }, (_, at) => [
        `a${at}`,
        wide(900, file('x'), { big: file(`near ${at} `.padEnd(100_000)) }),
      ]),
    )
    const root = directory({ ...padding, b: shared, c: directory({ deep: directory({ again: shared, inner }) }) })
    for (const path of ['c/deep/again/z.txt', 'c/deep/again/inner', 'c/deep/again/inner/y.txt', 'c/deep/inner/x.txt']) {
      const { text, error, early } = await sent(root, way, denying(path))
      expect([path, error, early]).toEqual([path, `denied: ${path}`, false])
      expect(text).toContain('near 4')
    }
    const seen: string[] = []
    expect((await sent(root, way, (path) => void seen.push(path))).error).toBeUndefined()
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(['b/inner/x.txt', 'c/deep/again/inner/x.txt', 'c/deep/inner/x.txt']))
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

type Tree = { cid: CID; entries: [name: string, to: Tree][] }

/** Directories of which each leads to some of those before it, the last one is the root. */
const dags: fc.Arbitrary<Tree> = fc
  .array(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 7 })
  .map((levels) => {
    const trees: Tree[] = [{ cid: file('x'), entries: [] }]
    for (const [level, picks] of levels.entries()) {
      const entries = picks.map((pick, at): [string, Tree] => [`${level}${at}`, trees[pick % trees.length] as Tree])
      trees.push({ entries, cid: directory(Object.fromEntries(entries.map(([name, { cid }]) => [name, cid]))) })
    }
    return trees.at(-1) as Tree
  })

const pathsOf = ({ entries }: Tree, above: string[] = []): string[] =>
  entries.flatMap(([name, to]) => [[...above, name].join('/'), ...pathsOf(to, [...above, name])])

it.each(WAYS)(
  'a model: each path of a DAG is looked at in a $kind, ahead or when it is sent',
  async ({ repeats, archive }) => {
    await fc.assert(
      fc.asyncProperty(dags, fc.boolean(), async ({ cid: root, ...tree }, ahead) => {
        const seen = new Set<string>()
        const names = new NamesBelow({ root, checkPath: (path) => void seen.add(path), repeats })
        if (ahead) await names.lookAhead(blocks)
        for await (const _ of archive(names.guard(blocks), root));
        expect([...seen].toSorted()).toEqual(pathsOf({ cid: root, ...tree }).toSorted())
      }),
      { numRuns: 200 },
    )
  },
)

it('of directories that multiply as they are met again so much is looked at, and all is sent', async () => {
  let last = directory({ 'x.txt': file('x') })
  const levels: Record<string, CID> = { p00: last }
  for (let level = 1; level < 40; level++) {
    last = directory({ a: last, b: last })
    levels[`p${`${level}`.padStart(2, '0')}`] = last
  }
  const seen = new Set<string>()
  const way = { kind: 'CAR', repeats: false, archive: car(false) }
  const { error, text } = await sent(directory(levels), way, (path) => void seen.add(path))
  expect([error, text.length > 4_000]).toEqual([undefined, true])
  expect(seen).toContain('p03/a/b/a/x.txt')
  expect(seen.size).toBeGreaterThan(10_000)
  expect(seen.size).toBeLessThan(100_000)
})

/** Of a directory of some 900 KB. */
const longNames = (of: string): Record<string, CID> =>
  Object.fromEntries(Array.from({ length: 3_500 }, (_, at) => [`${of}${'n'.repeat(200)}${at}`, file('x')]))

it('directories beyond what is kept of them are not looked at again', async () => {
  const large = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((of) => [of, directory(longNames(of))]))
  const seen: string[] = []
  const way = { kind: 'CAR', repeats: false, archive: car(false) }
  const root = directory({ ...large, z: directory({ deep: directory(large) }) })
  expect((await sent(root, way, (path) => void seen.push(path))).error).toBeUndefined()
  const again = (of: string): number => seen.filter((path) => path.startsWith(`z/deep/${of}/`)).length
  expect(['a', 'b', 'c', 'd', 'e'].map(again)).toEqual([3_500, 3_500, 3_500, 3_500, 0])
})

it('one large directory by many names is looked at again a few times, and is sent', async () => {
  const large = directory(longNames(''))
  const way = { kind: 'CAR', repeats: false, archive: car(false) }
  let checked = 0
  expect((await sent(directory({ a: large, z: wide(200, large) }), way, () => void checked++)).error).toBeUndefined()
  expect(checked).toBeGreaterThan(4 * 3_500)
  expect(checked).toBeLessThan(6 * 3_500)
})

it('what has been gone through again does not count as open', async () => {
  const small = directory({ x: file('x') })
  const long = 'n'.repeat(100)
  const dirs = Array.from({ length: 12 }, (_, of) => [`d${of}`, wide(5_000, small, { own: file(`${of}`) })])
  const way = { kind: 'CAR', repeats: false, archive: car(false) }
  const root = directory({
    a: small,
    [long]: directory(Object.fromEntries(dirs)),
    z: directory({ y: directory({ x: file('y') }) }),
  })
  const seen: string[] = []
  expect((await sent(root, way, (path) => void seen.push(path))).error).toBeUndefined()
  expect(seen).toContain('z/y/x')
  expect(seen.length).toBeGreaterThan(2 * 60_000)
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

it('waits for no block that does not come before it begins', async () => {
  const [away, denied] = [directory({ a: file('away') }), directory({ denied: file('denied') })]
  const root = directory({ '1': away, '2': denied })
  const block = Promise.withResolvers<undefined>()
  const source: BlockSource = { get: (cid) => (cid.equals(away) ? block.promise : blocks.get(cid)) }
  const names = new NamesBelow({ root, checkPath: denying('2/denied'), repeats: false })
  await names.lookAhead(source)
  await expect(names.guard(source).get(denied)).rejects.toThrow('denied: 2/denied')
  block.reject(new Error('nobody has it'))
}, 10_000)

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
