import { hash } from 'node:crypto'
import { expect, it } from 'vitest'
import { HashRules } from './hash-rules.ts'

const digestOf = (text: string): string => hash('sha256', text, 'latin1')

it('finds each of many rules, and nothing else', () => {
  const rules = new HashRules<number>()
  // More than the first bits are for.
  const count = 140_000
  for (let order = 0; order < count; order++) rules.set(digestOf(`rule ${order}`), { order, status: order % 7 })
  rules.set(digestOf('rule 5'), { order: count, status: 9 })
  expect(rules.size).toBe(count)
  const wrong: number[] = []
  for (let order = 0; order < count; order++) {
    const found = rules.get(digestOf(`rule ${order}`))
    if (order === 5 ? found?.status !== 9 : found?.order !== order) wrong.push(order)
    if (rules.get(digestOf(`other ${order}`)) !== undefined) wrong.push(order)
  }
  expect(wrong).toEqual([])
})
