import { createHash } from 'node:crypto'
import {
  DATA_POSITION,
  decodeOffsetRecord,
  type OffsetRecord,
  RECORD_BYTES,
  RECORD_POSITIONS,
} from './offset-record.ts'
import type { StagingFile } from './staging-disk.ts'
import type { StagingFaults } from './staging-faults.ts'

/** What a file says of itself: its bytes that count, and number and place of the next record. */
export type StagedState = { offset: number; nextSequence: number; nextPlace: 0 | 1 }

/** Of a file without a record. */
export const NOTHING_STAGED: StagedState = { offset: 0, nextSequence: 1, nextPlace: 0 }

type Found = { record: OffsetRecord; place: 0 | 1 }

/**
 * Reads how many bytes of a file count, cuts what lies behind them, and syncs: what is told from now on is on the disk, also when
 * the process before was killed between a write and its sync.
 */
export const recoverStagedFile = async (file: StagingFile, faults: StagingFaults = {}): Promise<StagedState> => {
  const records: Found[] = []
  for (const place of [0, 1] as const) {
    const bytes = Buffer.alloc(RECORD_BYTES)
    await file.read(bytes, RECORD_POSITIONS[place])
    const record = decodeOffsetRecord(bytes)
    if (record !== undefined) records.push({ record, place })
  }
  const nextSequence = Math.max(0, ...records.map(({ record }) => record.sequence)) + 1
  const size = await file.size()
  const found = await newestTrue(file, records, size, faults)
  const offset = found?.record.offset ?? 0
  if (size > DATA_POSITION + offset) await file.truncate(DATA_POSITION + offset)
  if (!faults.skipSync) await file.sync()
  // The record that is true is kept until the next one is on the disk, however many were torn since.
  return { offset, nextSequence, nextPlace: found?.place === 0 ? 1 : 0 }
}

const newestTrue = async (
  file: StagingFile,
  records: Found[],
  size: number,
  faults: StagingFaults,
): Promise<Found | undefined> => {
  for (const found of records.toSorted((a, b) => b.record.sequence - a.record.sequence)) {
    const { record } = found
    if (faults.skipCheck) return found
    if (DATA_POSITION + record.offset > size) continue
    const bytes = Buffer.alloc(record.offset - record.checkedFrom)
    await file.read(bytes, DATA_POSITION + record.checkedFrom)
    if (createHash('sha256').update(bytes).digest().equals(record.digest)) return found
  }
  return undefined
}
