import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { SecondLooks } from './second-looks.ts'

/** The same each time: of random ones some fall on another's place now and then. */
const keys = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => createHash('sha256').update(`key ${at}`).digest('hex'))

it('what is asked for again is told from what is asked for once', () => {
  const looks = new SecondLooks()
  const [again = '', ...others] = keys(1_000)
  expect(looks.seen(again)).toBe(false)
  const taken = others.filter((key) => looks.seen(key))
  expect(taken).toEqual([])
  expect(looks.seen(again)).toBe(true)
  expect(looks.seen(again)).toBe(true)
})

it('what was asked for long ago is forgotten, and a scan is not taken for second looks', () => {
  const looks = new SecondLooks()
  const scan = keys(100_000)
  expect(scan.filter((key) => looks.seen(key)).length).toBeLessThan(100)
  expect(scan.slice(0, 10_000).filter((key) => looks.seen(key)).length).toBeLessThan(3_500)
})
