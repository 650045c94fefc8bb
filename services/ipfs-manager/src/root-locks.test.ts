import { parseCid } from '@packages/shared/cid'
import { expect, test } from 'vitest'
import { RootLocks } from './root-locks.ts'

const cid = parseCid('bafkqabligvwgy3y')
const other = parseCid('bafkqaaa')

test('one thing at a time for a root on a node, in the order in which they came; others go on', async () => {
  const locks = new RootLocks()
  const order: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const first = locks.run('node', cid, async () => {
    await promise
    order.push('first')
  })
  const second = locks.run('node', cid, async () => void order.push('second'))
  await locks.run('node', other, async () => void order.push('another root'))
  await locks.run('node 2', cid, async () => void order.push('another node'))
  expect(await locks.runIfFree('node', cid, async () => 'done')).toBeUndefined()
  resolve()
  await Promise.all([first, second])
  expect(order).toEqual(['another root', 'another node', 'first', 'second'])
  expect(await locks.runIfFree('node', cid, async () => 'done')).toBe('done')
})

test('a failure gives the lock back', async () => {
  const locks = new RootLocks()
  await expect(locks.run('node', cid, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await locks.runIfFree('node', cid, async () => 'done')).toBe('done')
})
