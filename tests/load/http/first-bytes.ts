/** @returns milliseconds until each response's first byte of a body, of `urls` asked for by `clients` at once @throws Error for any other status than 200 */
export const firstBytes = async (urls: readonly URL[], clients: number): Promise<number[]> => {
  const waits: number[] = []
  const queue = urls.values()
  const client = async (): Promise<void> => {
    for (const url of queue) {
      const start = performance.now()
      const response = await fetch(url)
      if (response.status !== 200) throw new Error(`${url.href}: status ${response.status}`)
      let isFirst = true
      for await (const _part of response.body ?? []) {
        if (isFirst) waits.push(performance.now() - start)
        isFirst = false
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  return waits
}
