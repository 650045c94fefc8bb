import { expect, it } from 'vitest'
import { IdleRest } from './idle-rest.ts'

it('makes a look that finds nothing again after twenty times as long as it took, half a minute at most', async () => {
  let now = 0
  let looks = 0
  const rest = new IdleRest(() => now)
  const look = (tookMs: number, found: number) =>
    rest.run(async () => {
      looks++
      now += tookMs
      return found
    })
  await look(100, 1)
  await look(100, 0)
  now += 1_999
  await look(100, 0)
  expect(looks).toBe(2)
  now += 1
  await look(5_000, 0)
  expect(looks).toBe(3)
  now += 29_999
  await look(0, 0)
  expect(looks).toBe(3)
  now += 1
  await look(0, 0)
  await look(0, 0)
  expect(looks).toBe(5)
})

it('does not rest after a look that failed', async () => {
  const rest = new IdleRest(() => 0)
  await expect(rest.run(() => Promise.reject(new Error('the database')))).rejects.toThrow('the database')
  let looks = 0
  await rest.run(async () => ++looks)
  expect(looks).toBe(1)
})
