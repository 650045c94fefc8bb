import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { WriteQueue } from './write-queue.ts'

const steps = fc.array(
  fc.oneof(
    fc.record({ push: fc.oneof(fc.nat(50), fc.nat(200_000)) }),
    fc.record({ take: fc.nat(300_000) }),
    fc.constant({ takeAll: true as const }),
  ),
  { maxLength: 60 },
)

test('gives back what was pushed, in order, however it is taken', () => {
  let next = 0
  fc.assert(
    fc.property(steps, (list) => {
      const queue = new WriteQueue()
      const pushed: Buffer[] = []
      const taken: Uint8Array[] = []
      let waiting = 0
      for (const step of list) {
        if ('push' in step) {
          const bytes = Buffer.alloc(step.push, ++next)
          pushed.push(bytes)
          queue.push(bytes)
          waiting += bytes.length
          continue
        }
        const count = 'take' in step ? Math.min(step.take, waiting) : waiting
        const pieces = 'take' in step ? queue.take(count) : queue.takeAll()
        expect(pieces.reduce((sum, piece) => sum + piece.length, 0)).toBe(count)
        taken.push(...pieces)
        queue.written(count)
        waiting -= count
        expect(queue.bytes).toBe(waiting)
      }
      taken.push(...queue.takeAll())
      expect(Buffer.concat(taken).equals(Buffer.concat(pushed))).toBe(true)
      expect(queue.isEmpty).toBe(true)
    }),
    { numRuns: 60 },
  )
})
