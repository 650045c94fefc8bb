import { setImmediate as nextTurn } from 'node:timers/promises'

/** A turn of an idle event loop takes some microseconds. */
const QUIET_TURNS = 4
const MAX_TURNS = 32

/**
 * Lets those come along who are nearly there, before a batch is taken: turns of the event loop pass as long as they bring more. There is no window in time.
 * @param waiting how many wait now
 * @param most that a batch takes: with so many nobody is waited for
 * @param turn the next turn of the event loop; others for tests only
 */
export const gather = async (
  waiting: () => number,
  most: number,
  turn: () => Promise<unknown> = nextTurn,
): Promise<void> => {
  let quiet = 0
  for (let turns = 0; turns < MAX_TURNS && quiet < QUIET_TURNS && waiting() < most; turns++) {
    const before = waiting()
    await turn()
    quiet = waiting() > before ? 0 : quiet + 1
  }
}
