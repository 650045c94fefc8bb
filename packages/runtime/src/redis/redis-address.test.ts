import { expect, test } from 'vitest'
import { parseRedisAddress } from './redis-address.ts'

test('reads addresses, and shows them without their password', () => {
  expect(parseRedisAddress('redis://redis.example')).toEqual({
    kind: 'tcp',
    shown: 'redis://redis.example:6379',
    local: false,
    socket: { host: 'redis.example', port: 6379 },
    database: 0,
  })
  expect(parseRedisAddress('rediss://us%40er:se%2Fcret@[::1]:7000/3')).toEqual({
    kind: 'tls',
    shown: 'rediss://[::1]:7000',
    local: true,
    socket: { host: '::1', port: 7000, tls: true },
    username: 'us@er',
    password: 'se/cret',
    database: 3,
  })
  expect(parseRedisAddress('unix:///run/redis/redis.sock?db=2')).toMatchObject({
    kind: 'unix',
    local: true,
    socket: { path: '/run/redis/redis.sock' },
    database: 2,
  })
})

test.each([
  ['localhost', true],
  ['127.0.0.2', true],
  ['127.0.0.1.example.org', false],
  ['10.0.0.1', false],
])('whether %s is this machine: %s', (host, local) => {
  expect(parseRedisAddress(`redis://${host}`)?.local).toBe(local)
})

test.each(['', 'redis', 'http://a', 'redis://', 'redis://a/x', 'redis://a?x=1', 'unix:relative', 'unix://host/path'])(
  '"%s" is none',
  (text) => {
    expect(parseRedisAddress(text)).toBeUndefined()
  },
)
