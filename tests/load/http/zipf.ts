import { createCipheriv } from 'node:crypto'

const DRAWN_AT_ONCE = 4_096

/** Numbers from 0 to 1, the same for the same `seed`. */
const randomNumbers = function* (seed: number): Generator<number> {
  const key = Buffer.alloc(16)
  key.writeUInt32BE(seed)
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16))
  for (;;) {
    const bytes = cipher.update(Buffer.alloc(4 * DRAWN_AT_ONCE))
    for (let at = 0; at < bytes.length; at += 4) yield bytes.readUInt32BE(at) / 2 ** 32
  }
}

/** Which of `count` things are asked for, without end: the one of rank r as often as 1 / r^s. The same for the same `seed`. */
export const zipf = function* ({ count, s, seed }: { count: number; s: number; seed: number }): Generator<number> {
  const upTo = new Float64Array(count)
  let sum = 0
  for (let rank = 1; rank <= count; rank++) upTo[rank - 1] = sum += rank ** -s
  for (const random of randomNumbers(seed)) {
    const wanted = random * sum
    let [low, high] = [0, count - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((upTo[middle] as number) > wanted) high = middle
      else low = middle + 1
    }
    yield low
  }
}
