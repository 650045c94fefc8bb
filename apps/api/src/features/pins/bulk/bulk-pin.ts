import type { Tables } from '@packages/db/tables'
import { insertPins, type NewPinRow, type PinOutcome } from '@packages/db/pins/insert-pin'
import { isRefusal } from '@packages/db/postgres-errors'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PinStatus } from '@packages/shared/pin-state'
import type { Transaction } from 'kysely'
import type { DeniedContent } from '../../../content/denied-content.ts'
import type { Actor } from '../../../authorization/actor.ts'
import { takeRoots, type TakeRootsDeps } from '../../../pinning/take-roots.ts'
import { checkMetadata } from '../../../values/metadata.ts'
import type { NewPin } from '../schemas.ts'
import { asRefusal } from './line-result.ts'

export type BulkPinDeps = TakeRootsDeps & { denied: Pick<DeniedContent, 'refuse'> }

export type BulkPinLine = NewPin & { cid: string }
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
  const checked = lines.map((line) => check(deps, line))
  const taken = new Map(
    await takeRoots(
      deps,
      checked.flatMap((line) => (line instanceof HoldfastError ? [] : [line.canonical])),
    ),
  )
  const roots = [...taken.values()]
  const rows = checked.flatMap((line): NewPinRow[] => {
    if (line instanceof HoldfastError) return []
    const adopted = taken.get(line.canonical)
    taken.delete(line.canonical)
    const { organizationId, userId } = actor
    return [{ ...line, organizationId, userId, realm: 'public', nodeId: deps.nodeId, adopted, audited: false }]
  })
  const outcomesOf = (pins: readonly PinOutcome[]): Outcome[] => {
    let at = 0
    return checked.map((line) => (line instanceof HoldfastError ? line : presented(pins[at++])))
  }
  try {
    return outcomesOf(await write(deps, rows, keep && ((tx, pins) => keep(tx, outcomesOf(pins)))))
  } finally {
    for (const { contentId } of roots) deps.store.settle(contentId)
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

const check = ({ denied }: Pick<BulkPinDeps, 'denied'>, { cid, name, meta, replication }: BulkPinLine) => {
  try {
    const root = parseCid(cid)
    denied.refuse(root)
    const canonical = canonicalCid(root)
    const checked = meta === undefined ? {} : checkMetadata(meta, 'meta')
    return { cid, canonical, name: name ?? null, meta: checked, replication }
  } catch (error) {
    return asRefusal(error)
  }
}

const presented = (pin: PinOutcome | undefined): Outcome => {
  if (pin === undefined) throw new Error('a pin was not decided')
  return pin instanceof HoldfastError ? pin : { requestid: pin.id, cid: pin.cid, status: pin.status }
}
