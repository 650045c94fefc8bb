/** The chance that a value of one list is larger than one of the other: 0.5 when they are of one distribution (Mann-Whitney). */
const superiority = (one: readonly number[], other: readonly number[]): number => {
  let wins = 0
  for (const a of one) for (const b of other) wins += a > b ? 1 : a === b ? 0.5 : 0
  return wins / (one.length * other.length)
}

export type ComparedTimes = {
  known: (turn: number) => Promise<unknown>
  unknown: (turn: number) => Promise<unknown>
  pairs: number
  /** Before each pair, not timed. */
  between?: () => Promise<unknown>
}

/** How far two distributions may be apart, from 0 to 0.5. A look-up or a hash more on one side gives 0.4 and above. */
const LIMIT = 0.2

const timed = async (call: (turn: number) => Promise<unknown>, turn: number): Promise<number> => {
  const begin = performance.now()
  await call(turn)
  return performance.now() - begin
}

/**
 * How far the times of two calls are from one distribution. In turns, so that whatever slows the machine slows both; by rank, so that outliers
 * weigh nothing. With n pairs of one distribution the standard deviation is sqrt((2n + 1) / 12n²): 0.033 for 150, 0.053 for 60.
 */
export const timeDifference = async ({ known, unknown, pairs, between }: ComparedTimes): Promise<number> => {
  const measure = async (from: number): Promise<number> => {
    const times: { known: number[]; unknown: number[] } = { known: [], unknown: [] }
    for (let turn = from; turn < from + pairs; turn++) {
      await between?.()
      if (turn % 2 === 0) times.known.push(await timed(known, turn))
      times.unknown.push(await timed(unknown, turn))
      if (turn % 2 === 1) times.known.push(await timed(known, turn))
    }
    return Math.abs(superiority(times.known, times.unknown) - 0.5)
  }
  for (let turn = -8; turn < 0; turn++) {
    await known(turn)
    await unknown(turn)
  }
  const found = await measure(0)
  // Once more, for a machine that is busy.
  return found > LIMIT ? measure(pairs) : found
}

export const SAME_TIME = LIMIT
