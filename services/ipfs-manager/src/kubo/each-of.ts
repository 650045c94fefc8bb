const AT_ONCE = 16

/** In the order given, some at a time. */
export const eachOf = async <T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> => {
  const results: R[] = []
  const left = items.entries()
  const run = async (): Promise<void> => {
    for (const [index, item] of left) results[index] = await work(item, index)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, run))
  return results
}
