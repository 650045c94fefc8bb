const FREE_TRIES = 5
const FIRST_MS = 30_000
const LONGEST_MS = 3_600_000

/**
 * Pure: how long no code is looked at after so many wrong ones in a row. 30 s after the fifth, then twice as long each time, an hour
 * at most: some 30 guesses a day. Three codes of a million are right at a time, so that a year of guessing finds one with 3 %.
 */
export const lockTimeMs = (failures: number): number =>
  failures < FREE_TRIES ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - FREE_TRIES, 20))
