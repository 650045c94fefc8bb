import { expect, test } from 'vitest'
import { PUT_OFF_FROM, putOff } from './put-off.ts'

const waits = (organizationId: string, count: number, isNew = true) =>
  Array.from({ length: count }, (_, n) => ({
    organizationId,
    contentId: `${organizationId}-${n}`,
    isRunning: false,
    isNew,
  }))

test('many new contents of one organization are put off in their order; few of another, and what is begun, have their turn', () => {
  const many = waits('a', PUT_OFF_FROM)
  const few = waits('b', PUT_OFF_FROM - 1)
  const begun = waits('c', PUT_OFF_FROM, false)
  const { turns, arrivals } = putOff([...few, ...many, ...begun])
  expect(turns).toEqual([...begun, ...few])
  expect(arrivals).toEqual([{ organizationId: 'a', contentIds: many.map(({ contentId }) => contentId) }])
})
