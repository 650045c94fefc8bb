import { writev } from 'node:fs'

const SMALL_BYTES = 16 * 1024

// One write of many small pieces costs more in the call than in the copy.
const coalesce = (buffers: readonly Uint8Array[]): Uint8Array[] => {
  const joined: Uint8Array[] = []
  let small: Uint8Array[] = []
  const flush = (): void => {
    if (small.length > 0) joined.push(small.length === 1 && small[0] !== undefined ? small[0] : Buffer.concat(small))
    small = []
  }
  for (const buffer of buffers) {
    if (buffer.length < SMALL_BYTES) {
      small.push(buffer)
      continue
    }
    flush()
    joined.push(buffer)
  }
  flush()
  return joined
}

/** Writes all of the buffers at `position`, whatever it takes. */
export const writeBuffers = async (fd: number, buffers: readonly Uint8Array[], position: number): Promise<void> => {
  let rest = coalesce(buffers)
  let at = position
  while (rest.length > 0) {
    const written = await new Promise<number>((resolve, reject) => {
      writev(fd, rest, at, (error, count) => (error ? reject(error) : resolve(count)))
    })
    at += written
    let skip = written
    let first = 0
    while (first < rest.length && skip >= (rest[first]?.length ?? 0)) skip -= rest[first++]?.length ?? 0
    rest = rest.slice(first)
    if (skip > 0 && rest[0] !== undefined) rest[0] = rest[0].subarray(skip)
  }
}
