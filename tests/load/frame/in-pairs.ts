/**
 * Runs both `pairs` times, one right after the other, in an order that turns from pair to pair: what else the machine does meanwhile, and what the first leaves
 * to the second, falls on both alike.
 */
export const inPairs = async <T>(
  pairs: number,
  one: () => Promise<T>,
  other: () => Promise<T>,
): Promise<(readonly [one: T, other: T])[]> => {
  const found: (readonly [T, T])[] = []
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % 2 === 0) found.push([await one(), await other()])
    else {
      const second = await other()
      found.push([await one(), second])
    }
  }
  return found
}
