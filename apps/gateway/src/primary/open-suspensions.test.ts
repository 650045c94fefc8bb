import { expect, test } from 'vitest'
import { OpenSuspensions } from './open-suspensions.ts'

const at = (id: number) => ({ xid: '7', id: `${id}` })

test('the log counts as followed up to the first change that is not in force', () => {
  const open = new OpenSuspensions()
  expect(open.upTo(at(9))).toEqual(at(9))
  open.add(at(9), 1)
  open.add(at(11), 2)
  expect(open.upTo(at(10))).toEqual(at(9))
  // A worker that is further behind than that says so.
  expect(open.upTo(at(8))).toEqual(at(8))
  open.settle(1)
  expect(open.upTo(at(30))).toEqual(at(11))
  open.settle(2)
  expect(open.upTo(at(30))).toEqual(at(30))
})
