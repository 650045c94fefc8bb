import { silentLogger } from '@packages/runtime/minimal-logger'
import type { RateLimit } from '@packages/runtime/rate-limiter'
import { parseRedisAddress, type RedisAddress } from '@packages/runtime/redis/redis-address'
import { RedisConnection } from '@packages/runtime/redis/redis-connection'
import { createRedisRateLimiter } from '@packages/runtime/redis/redis-rate-limiter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRedis, type TestRedis } from '../redis-server.ts'
import { rateLimiterContract } from './rate-limiter-contract.ts'

let redis: TestRedis
let connections: RedisConnection[]
beforeAll(async () => {
  redis = await startRedis()
  const address = parseRedisAddress(redis.url) as RedisAddress
  connections = await Promise.all([1, 2].map(() => RedisConnection.open(address, silentLogger)))
})
afterAll(async () => {
  for (const connection of connections) connection.stop()
  await redis[Symbol.asyncDispose]()
})

/** Of one of two processes. */
const maker = (process: number) => (limit: RateLimit) =>
  createRedisRateLimiter(connections[process] as RedisConnection, limit)

describe('the Redis rate limiter', () => {
  for (const { name, run } of rateLimiterContract) test(name, () => run(maker(0)))

  test('counts what two processes let through together', async () => {
    const limit = { name: `shared ${process.pid} ${Date.now()}`, limit: 10, windowMs: 60_000 }
    const limiters = [maker(0)(limit), maker(1)(limit)]
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, turn) => limiters[turn % 2]?.consume('one caller')),
    )
    expect(answers.filter((answer) => answer?.allowed)).toHaveLength(10)
  })

  test('keeps no address and no e-mail in clear, and nothing for longer than the window', async () => {
    const client = connections[0]?.client
    await maker(0)({ name: 'clear', limit: 3, windowMs: 30_000 }).consume('ada@example.org')
    const keys = (await client?.keys('*')) ?? []
    expect(keys.join(' ')).not.toContain('ada')
    for (const key of keys) expect(await client?.pTTL(key)).toBeGreaterThan(0)
  })

  test('says once that Redis is lost and once that it is back, however much is asked', async () => {
    await using own = await startRedis()
    const told: string[] = []
    const tell = (_fields: object, message = '') => void told.push(message)
    const address = parseRedisAddress(own.url) as RedisAddress
    const connection = await RedisConnection.open(address, { ...silentLogger, error: tell, info: tell })
    const limiter = createRedisRateLimiter(connection, { name: 'lost', limit: 100, windowMs: 60_000 })
    try {
      await own.kill()
      for (let turn = 0; turn < 20; turn++)
        await expect(limiter.consume('a')).rejects.toMatchObject({ name: 'RedisUnavailable' })
      expect(connection.state).toEqual({ up: false, losses: 1 })
      await own.start()
      await expect.poll(() => connection.state.up, { timeout: 5_000 }).toBe(true)
      expect((await limiter.consume('a')).allowed).toBe(true)
      expect(told).toEqual([expect.stringContaining('Redis is lost'), 'Redis is back'])
    } finally {
      connection.stop()
    }
  })

  test('says once that Redis answers and refuses, and counts again when it does not', async () => {
    const address = parseRedisAddress(redis.url) as RedisAddress
    const told: string[] = []
    const tell = (_fields: object, message = '') => void told.push(message)
    const connection = await RedisConnection.open(address, { ...silentLogger, error: tell, info: tell })
    const limiter = createRedisRateLimiter(connection, { name: 'refused', limit: 5, windowMs: 60_000 })
    try {
      await connection.client.configSet('maxmemory', '1')
      for (let turn = 0; turn < 5; turn++)
        await expect(limiter.consume('a')).rejects.toMatchObject({ name: 'RedisUnavailable' })
      expect(connection.state).toEqual({ up: false, losses: 0 })
      expect(told).toEqual([expect.stringContaining('Redis refuses to count')])
    } finally {
      await connection.client.configSet('maxmemory', '0')
    }
    expect((await limiter.consume('a')).remaining).toBe(4)
    connection.stop()
  })
})
