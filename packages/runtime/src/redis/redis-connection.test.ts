import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '../minimal-logger.ts'
import { parseRedisAddress, type RedisAddress } from './redis-address.ts'
import { RedisConnection } from './redis-connection.ts'

/** Stands for a Redis that cannot be installed here: an old one. It answers every command as a fixed text says. */
const answering = async (reply: (command: string) => string): Promise<RedisAddress> => {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      for (const command of String(data).split(/(?=\*\d+\r\n)/)) socket.write(reply(command))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return parseRedisAddress(`redis://someone:a-secret@127.0.0.1:${port}`) as RedisAddress
}

const hello = (version: string) =>
  `%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$${version.length}\r\n${version}\r\n`

test('refuses a Redis that is older than 7, and says so', async () => {
  const address = await answering((command) => (command.includes('HELLO') ? hello('6.2.14') : '+OK\r\n'))
  await expect(RedisConnection.open(address, silentLogger)).rejects.toMatchObject({
    exitCode: 78,
    message: `REDIS_URL: ${address.shown} is Redis 6.2.14; 7.0 or newer is needed`,
  })
})

test('refuses one that lets nobody in, and tells no password', async () => {
  const address = await answering(() => '-WRONGPASS invalid username-password pair or user is disabled.\r\n')
  const error: unknown = await RedisConnection.open(address, silentLogger).catch((thrown: unknown) => thrown)
  expect(String(error)).toContain('WRONGPASS')
  expect(String(error)).not.toContain('a-secret')
})

test('refuses an address where nobody listens', async () => {
  const address = parseRedisAddress('unix:///nowhere/redis.sock') as RedisAddress
  await expect(RedisConnection.open(address, silentLogger)).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining('REDIS_URL: cannot use unix:/nowhere/redis.sock: connect ENOENT'),
  })
})
