/** The same bytes in pieces of at least `atLeast`, the last one excepted: small parts cost as much to send as large ones. */
export async function* inBatches(parts: AsyncIterable<Uint8Array>, atLeast: number): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = []
  let size = 0
  for await (const part of parts) {
    pending.push(part)
    size += part.length
    if (size < atLeast) continue
    yield Buffer.concat(pending)
    pending = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(pending)
}
