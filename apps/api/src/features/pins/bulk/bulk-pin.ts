import type { Tables } from '@packages/db/tables'
import { insertPins, type NewPinRow, type PinOutcome } from '@packages/db/pins/insert-pin'
import { isRefusal } from '@packages/db/postgres-errors'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PinStatus } from '@packages/shared/pin-state'
import type { Transaction } from 'kysely'
import type { CID } from 'multiformats/cid'
import type { DeniedContent } from '../../../content/denied-content.ts'
import type { Actor } from '../../../authorization/actor.ts'
import { takeRoots, type TakeRootsDeps } from '../../../pinning/take-roots.ts'
import { checkMetadata, type Metadata } from '../../../values/metadata.ts'
import { bulkPinLineSchema, type NewPin } from '../schemas.ts'
import { type LineFormat, lineReader, type ReadLine } from './line-format.ts'

export type BulkPinDeps = TakeRootsDeps & { denied: Pick<DeniedContent, 'refuse'> }

/** What a line asks for, checked. */
export type BulkPinLine = Pick<NewPin, 'replication' | 'expiresAt'> & {
  root: CID
  /** As it was given. */
  cid: string
  canonical: string
  name: string | null
  meta: Metadata
  groupId: string | null
}
export type BulkPinned = { requestid: string; cid: string; status: PinStatus }

type Outcome = BulkPinned | HoldfastError
type Keep = ((tx: Transaction<Tables>, outcomes: Outcome[]) => Promise<void>) | undefined

/**
 * Pins what some lines ask for, in one transaction: each line is a pin of its own, as if it had been asked for alone. The request stands in the audit log
 * for all of them (ADR 0140).
 */
export const bulkPin = async (
  deps: BulkPinDeps,
  actor: Actor,
  lines: readonly BulkPinLine[],
  keep: Keep,
): Promise<Outcome[]> => {
  // Once more, as it was asked when they were read: a chunk waits for the one before it, and a takedown holds from its answer on.
  const refusals = lines.map(({ root }) => refusalOf(deps.denied, root))
  const allowed = lines.filter((_line, at) => refusals[at] === undefined)
  const outcomesOf = (pins: readonly PinOutcome[]): Outcome[] => {
    const next = pins.map(presented).values()
    return refusals.map((refusal) => refusal ?? next.next().value ?? new HoldfastError('internal'))
  }
  const taken = new Map(await takeRoots(deps, allowed))
  const roots = [...taken.values()]
  const { organizationId, userId } = actor
  const rows = allowed.map(({ cid, canonical, name, meta, replication, groupId, expiresAt = null }): NewPinRow => {
    const asked = { cid, canonical, name, meta, replication, groupId, expiresAt }
    const adopted = taken.get(canonical)
    taken.delete(canonical)
    return { ...asked, organizationId, userId, realm: 'public', nodeId: deps.nodeId, adopted, audited: false }
  })
  try {
    return outcomesOf(await write(deps, rows, keep && ((tx, pins) => keep(tx, outcomesOf(pins)))))
  } finally {
    for (const { contentId } of roots) deps.store.settle(contentId)
  }
}

const refusalOf = (denied: BulkPinDeps['denied'], root: CID): HoldfastError | undefined => {
  try {
    denied.refuse(root)
    return undefined
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
}

type KeepPins = ((tx: Transaction<Tables>, pins: PinOutcome[]) => Promise<void>) | undefined

/** What the database refuses is some line's own fault: each is written alone then, and kept afterwards. */
const write = async ({ db }: BulkPinDeps, rows: readonly NewPinRow[], keep: KeepPins): Promise<PinOutcome[]> => {
  try {
    const { result } = await db.unitOfWork.run(async (uow) => {
      const pins = rows.length === 0 ? [] : await insertPins(uow, rows, { last: keep === undefined })
      await keep?.(uow.tx, pins)
      return pins
    })
    return result
  } catch (error) {
    if (!isRefusal(error)) throw error
    const pins: PinOutcome[] = []
    for (const row of rows) pins.push(await writeAlone(db, row))
    if (keep !== undefined) await db.unitOfWork.run(({ tx }) => keep(tx, pins))
    return pins
  }
}

const writeAlone = async ({ unitOfWork }: BulkPinDeps['db'], row: NewPinRow): Promise<PinOutcome> => {
  try {
    const { result } = await unitOfWork.run((uow) => insertPins(uow, [row], { last: true }))
    return result[0] ?? new HoldfastError('internal')
  } catch (cause) {
    if (isRefusal(cause)) return new HoldfastError('internal', { cause })
    throw cause
  }
}

/**
 * Reads a line and what it names, which asks no database. Whether it is denied is looked up here, while the chunk before is written: the denylist remembers it for
 * the time when it holds. @throws HoldfastError what is wrong with it
 */
export const pinLineReader = (denied: BulkPinDeps['denied'], format: LineFormat): ReadLine<BulkPinLine> => {
  const read = lineReader(format, bulkPinLineSchema)
  return (bytes) => {
    const line = read(bytes)
    if (line === undefined) return undefined
    const { cid, name = null, meta, replication, group: groupId = null, expiresAt } = line
    const root = parseCid(cid)
    denied.refuse(root)
    const checked = meta === undefined ? {} : checkMetadata(meta, 'meta')
    return { root, cid, canonical: canonicalCid(root), name, meta: checked, replication, groupId, expiresAt }
  }
}

const presented = (pin: PinOutcome): Outcome =>
  pin instanceof HoldfastError ? pin : { requestid: pin.id, cid: pin.cid, status: pin.status }
