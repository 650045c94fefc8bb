import { randomBytes } from 'node:crypto'
import { type BlockKey, bytesToKey, codecOfKey, isRawKey, keyToBytes, keyToCid } from './block-key.ts'
import { blockLinks, rootTargets } from './block-links.ts'
import { fitsTitle } from './commit-marker.ts'
import { matchesHash } from './hash-block.ts'
import { decodeEntry } from './index-entry.ts'
import { type RecordGroup, readGroups } from './read-groups.ts'
import { rootsAfter } from './root-keys.ts'
import { isSound, type SegmentRecord, SegmentScan } from './scan-segment.ts'
import type { StoreCore } from './store-core.ts'
import { isMissingFile } from './store-error.ts'
import type { SegmentMeta } from './store-index.ts'

export type VerifyProblem =
  | { kind: 'damaged-segment'; segment: number; places: number }
  | { kind: 'missing-segment'; segment: number }
  | { kind: 'damaged-block' | 'missing-block'; segment: number; cid: string }
  | { kind: 'missing-link'; segment: number; cid: string }
  | { kind: 'missing-root'; contentId: string; cid: string }
  /** The account of what is alive in a segment is wrong. */
  | { kind: 'wrong-account'; segment: number }
  | { kind: 'wrong-counts'; realm: string }

/** Told while it runs: each problem, each segment that is done, and at last the sum. */
export type VerifyEvent =
  | { type: 'problem'; problem: VerifyProblem }
  | { type: 'segment'; segment: number; blocks: number; bytes: number }
  | { type: 'summary'; segments: number; blocks: number; bytes: number; roots: number; problems: number }

const PAGE = 1_000

/** A random sum that two multisets of keys share only when they are equal (but for 1 in 2^44). */
class KeySum {
  readonly #seed = randomBytes(16)
  #high = 0
  #low = 0

  // Keys end in a digest and a codec: mix what is random already with a seed that nobody knows.
  add(key: BlockKey, times: number): void {
    let a = this.#seed.readUInt32BE(0)
    let b = this.#seed.readUInt32BE(4)
    for (let i = 0; i < key.length; i++) {
      a = Math.imul(a ^ key.charCodeAt(i), 0x01000193)
      b = Math.imul(b + key.charCodeAt(i), 0x85ebca6b) ^ (b >>> 13)
    }
    this.#high = (this.#high + Math.imul(a, times)) | 0
    this.#low = (this.#low + Math.imul(b, times)) | 0
  }

  get isZero(): boolean {
    return this.#high === 0 && this.#low === 0
  }
}

type RealmCheck = { sum: KeySum; seen: number }

/**
 * Hashes every record of every segment, and holds the index against them: each entry points at its block, each link of a held block is held, each root is there, and
 * the counts are those of links and roots. Counts are only judged when nothing was committed or released meanwhile.
 */
export async function* verifyStore(core: StoreCore): AsyncGenerator<VerifyEvent> {
  const sequence = core.meta.sequence
  const isQuiet = (): boolean => core.meta.sequence === sequence && !isBusy(core)
  const checks = new Map<string, RealmCheck>()
  const sum = { segments: 0, blocks: 0, bytes: 0, roots: 0, problems: 0 }
  const problem = (found: VerifyProblem): VerifyEvent => {
    sum.problems++
    return { type: 'problem', problem: found }
  }
  for (const [id, meta] of core.index.segments()) {
    const result = await verifySegment(core, id, meta, checkOf(checks, meta.realm))
    for (const found of result.problems) yield problem(found)
    const sound = result.problems.length === 0 && (result.live !== meta.blocks || result.liveBytes !== meta.bytes)
    if (sound && isQuiet()) yield problem({ kind: 'wrong-account', segment: id })
    sum.segments++
    sum.blocks += result.blocks
    sum.bytes += result.bytes
    yield { type: 'segment', segment: id, blocks: result.blocks, bytes: result.bytes }
  }
  for (let after: Buffer | undefined; ; ) {
    const page = rootsAfter(core.index, after, PAGE)
    for (const { realm, cid, contentId } of page.roots) {
      sum.roots++
      for (const key of rootTargets(cid, realm)) {
        checkOf(checks, realm).sum.add(key, -1)
        if (!core.index.blocks(realm).doesExist(keyToBytes(key)))
          yield problem({ kind: 'missing-root', cid: cid.toString(), contentId })
      }
    }
    if (page.last === undefined) break
    after = page.last
  }
  for (const [realm, check] of checks) {
    const lost = unseen(core, realm, check)
    for (const found of lost) yield problem(found)
    if (lost.length === 0 && isQuiet() && !check.sum.isZero) yield problem({ kind: 'wrong-counts', realm })
  }
  yield { type: 'summary', ...sum }
}

const isBusy = (core: StoreCore): boolean =>
  [core.index.releasing, core.index.pending].some((database) => [...database.getKeys({ limit: 1 })].length > 0)

const checkOf = (checks: Map<string, RealmCheck>, realm: string): RealmCheck => {
  const known = checks.get(realm) ?? { sum: new KeySum(), seen: 0 }
  checks.set(realm, known)
  return known
}

type SegmentResult = { blocks: number; bytes: number; live: number; liveBytes: number; problems: VerifyProblem[] }

const verifySegment = async (
  core: StoreCore,
  id: number,
  meta: SegmentMeta,
  check: RealmCheck,
): Promise<SegmentResult> => {
  const result: SegmentResult = { blocks: 0, bytes: 0, live: 0, liveBytes: 0, problems: [] }
  let scan: SegmentScan
  try {
    scan = await SegmentScan.open(core.settings.directory, id, 'all')
  } catch (error) {
    if (!isMissingFile(error)) throw error
    // It may have been removed since the list was made.
    if (core.index.segment(id) !== undefined) result.problems.push({ kind: 'missing-segment', segment: id })
    return result
  }
  try {
    const title = await scan.title()
    const limit = Math.min(meta.length, scan.size)
    let damaged = 0
    const found = await readGroups(scan, {
      secret: Buffer.from(meta.secret, 'hex'),
      start: title?.end ?? limit,
      limit,
      // What nobody needs any more need not be sound: a block that was healed leaves its damaged place behind.
      trust: true,
      onBlock: (record) => {
        if (!isSound(record)) {
          if (pointsAt(core, id, meta.realm, record)) damaged++
          return
        }
        result.blocks++
        result.bytes += record.length
        if (!verifyRecord(core, id, meta.realm, record, check, result.problems)) return
        result.live++
        result.liveBytes += record.length
      },
    })
    damaged += found.damaged
    // A rebuild has told of those, and keeps the segment as it is.
    if (!meta.unclaimed) damaged += gaps(found.groups, title?.end ?? limit, limit)
    if (!fitsTitle(meta, title?.title) || damaged > 0 || limit < meta.length)
      result.problems.push({ kind: 'damaged-segment', segment: id, places: Math.max(1, damaged) })
  } finally {
    await scan.close()
  }
  return result
}

// A marker that cannot be read leaves a gap between those before and behind it.
const gaps = (groups: readonly RecordGroup[], start: number, limit: number): number => {
  let count = 0
  let end = start
  for (const group of groups) {
    if (group.start !== end) count++
    end = group.end
  }
  return end === limit ? count : count + 1
}

const pointsAt = (core: StoreCore, id: number, realm: string, record: SegmentRecord): boolean => {
  const value = core.index.blocks(realm).get(keyToBytes(record.key))
  if (value === undefined) return false
  const entry = decodeEntry(value)
  return entry.segment === id && entry.offset === record.offset
}

// True when the index points at this very record.
const verifyRecord = (
  core: StoreCore,
  id: number,
  realm: string,
  record: SegmentRecord,
  check: RealmCheck,
  problems: VerifyProblem[],
): boolean => {
  const blocks = core.index.blocks(realm)
  const value = blocks.get(keyToBytes(record.key))
  if (value === undefined || record.data === undefined) return false
  const entry = decodeEntry(value)
  if (entry.segment !== id || entry.offset !== record.offset) return false
  check.seen++
  check.sum.add(record.key, entry.count)
  if (isRawKey(record.key)) return true
  for (const link of blockLinks(codecOfKey(record.key), record.data, realm)) {
    check.sum.add(link, -1)
    if (!blocks.doesExist(keyToBytes(link)))
      problems.push({ kind: 'missing-link', cid: keyToCid(link).toString(), segment: id })
  }
  return true
}

/** Entries whose record no segment holds: only looked for when the numbers differ. */
const unseen = (core: StoreCore, realm: string, check: RealmCheck): VerifyProblem[] => {
  const blocks = core.index.blocks(realm)
  const problems: VerifyProblem[] = []
  if (blocks.getKeysCount({}) === check.seen) return problems
  for (const { key, value } of blocks.getRange({})) {
    const entry = decodeEntry(value)
    const cid = keyToCid(bytesToKey(key))
    const told = { cid: cid.toString(), segment: entry.segment }
    try {
      if (!matchesHash(cid.multihash, core.pool.readBlockSync(entry))) problems.push({ kind: 'damaged-block', ...told })
    } catch {
      problems.push({ kind: 'missing-block', ...told })
    }
  }
  return problems
}
