import { expect, it } from 'vitest'
import { IdleRest } from './idle-rest.ts'

it('makes a look that finds nothing the later again the longer it took beyond a quarter of a second, after half a minute at most', async () => {
  let now = 0
  let looks = 0
  const rest = new IdleRest(() => now)
  const look = (tookMs: number, found: number) =>
    rest.run(async () => {
      looks++
      now += tookMs
      return found
    })
  await look(300, 1)
  await look(250, 0)
  await look(300, 0)
  expect(looks).toBe(3)
  now += 999
  await look(300, 0)
  expect(looks).toBe(3)
  now += 1
  await look(5_000, 0)
  expect(looks).toBe(4)
  now += 29_999
  await look(0, 0)
  expect(looks).toBe(4)
  now += 1
  await look(0, 0)
  await look(0, 0)
  expect(looks).toBe(6)
})

it('does not rest after a look that failed', async () => {
  const rest = new IdleRest(() => 0)
  await expect(rest.run(() => Promise.reject(new Error('the database')))).rejects.toThrow('the database')
  let looks = 0
  await rest.run(async () => ++looks)
  expect(looks).toBe(1)
})
