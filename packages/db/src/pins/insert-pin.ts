import type { HoldfastError } from '@packages/shared/holdfast-error'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import type { InsertedPin, NewPinRow } from './new-pin.ts'
import { planPins } from './pin-plan.ts'
import { readPinFacts } from './read-pin-facts.ts'
import { writePins } from './write-pins.ts'

export type { AdoptedRoot, InsertedPin, NewPinRow } from './new-pin.ts'

/** What came of a pin: as it was written, or why it was not; the root that was taken for it has a tombstone then. */
export type PinOutcome = InsertedPin | HoldfastError

/**
 * Writes pins on the live contents of their roots, which are made where there are none, by two statements however many there are.
 * @returns an outcome for each, in order
 */
export const insertPins = async (
  uow: UnitOfWorkContext,
  rows: readonly NewPinRow[],
  { written = 0, last = false }: { written?: number; last?: boolean } = {},
): Promise<PinOutcome[]> => {
  const plan = planPins(rows, await readPinFacts(uow.tx, rows, written))
  await writePins(uow, plan, { last })
  const outcome = new Map<NewPinRow, PinOutcome>()
  for (const { row, pin } of plan.accepted) outcome.set(row, pin)
  for (const { row, error } of plan.refused) outcome.set(row, error)
  return rows.map((row) => {
    const decided = outcome.get(row)
    if (decided === undefined) throw new Error('a pin was not decided')
    return decided
  })
}

/** One pin, in a transaction that its refusal rolls back. @throws HoldfastError `quota_exceeded`, `not_found` */
export const insertPin = async (uow: UnitOfWorkContext, row: NewPinRow): Promise<InsertedPin> => {
  const [outcome] = await insertPins(uow, [row])
  if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error('the pin was not decided')
  return outcome
}
