import { expect, it } from 'vitest'
import { SparseLog } from './sparse-log.ts'

it('writes one line of each kind, and says with the next how many there were', async () => {
  const log = new SparseLog(60)
  const written: [string, number][] = []
  const tell = (kind: string): void => log.tell(kind, (leftOut) => written.push([kind, leftOut]))
  for (const kind of ['a', 'a', 'b', 'a']) tell(kind)
  expect(written).toEqual([
    ['a', 0],
    ['b', 0],
  ])
  await expect
    .poll(() => {
      tell('b')
      return written.length
    })
    .toBe(3)
  expect(written[2]?.[1]).toBeGreaterThanOrEqual(0)
  tell('a')
  expect(written[3]).toEqual(['a', 2])
})
