import { expect, it } from 'vitest'
import { NO_TIME, pageLimit, timeQuery } from './query-values.ts'

it.each([
  [undefined, 50],
  ['1', 1],
  ['100', 100],
  ['007', 7],
])('a limit of %s is %i', (text, limit) => {
  expect(pageLimit(100, 50).parse(text)).toBe(limit)
})

it.each([
  '',
  ' ',
  '0',
  '101',
  '0x10',
  '0b1',
  '1e2',
  '1.0',
  ' 5',
  '+5',
  '-1',
  'ten',
  '٣',
  '9'.repeat(400),
  ['1', '2'],
  ['5'],
])('takes %j for no limit', (text) => {
  expect(pageLimit(100, 50).safeParse(text).success).toBe(false)
})

it('says of the second 60 that no time here has it', () => {
  expect(timeQuery.safeParse('2016-12-31T23:59:60Z').error?.issues).toMatchObject([{ message: NO_TIME }])
  expect(timeQuery.parse('2016-12-31T23:59:59+00:00')).toBe('2016-12-31T23:59:59.000Z')
})
