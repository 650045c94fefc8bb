import { comparePositions } from '@packages/db/policy-log'
import type { LogPosition } from '@packages/shared/policy-log'

/**
 * Changes of tenants that stand in the policy log and are not in force yet: what is withheld has to be looked up and walked through. Until then the log
 * counts as followed up to the place before.
 */
export class OpenSuspensions {
  #open: { before: LogPosition; look: number }[] = []

  /** @param before where the log stood until now @param look whose answer tells what is withheld from then on */
  add(before: LogPosition, look: number): void {
    this.#open.push({ before, look })
  }

  /** What looks up to this one have found is in force in all workers. */
  settle(look: number): void {
    this.#open = this.#open.filter((one) => one.look > look)
  }

  /** How far of `position` the log is in force. */
  upTo(position: LogPosition): LogPosition {
    const [first] = this.#open
    return first !== undefined && comparePositions(first.before, position) < 0 ? first.before : position
  }
}
