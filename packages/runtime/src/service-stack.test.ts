import { expect, test } from 'vitest'
import { silentLogger } from './minimal-logger.ts'
import { ServiceStack } from './service-stack.ts'

const recorder = () => {
  const log: string[] = []
  const service = (name: string, stop: () => Promise<void> = async () => {}, stopTimeoutMs?: number) => ({
    name,
    start: async () => void log.push(`start ${name}`),
    stop: async () => {
      log.push(`stop ${name}`)
      await stop()
    },
    ...(stopTimeoutMs === undefined ? {} : { stopTimeoutMs }),
  })
  return { log, service }
}

const forever = () => new Promise<void>(() => {})
const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 150))

test('starts in order and stops in reverse, once', async () => {
  const { log, service } = recorder()
  const stack = new ServiceStack({ logger: silentLogger })
  await stack.start(service('a'))
  await stack.start(service('b'))
  const value = await stack.acquire(
    'c',
    async () => 7,
    async (seven) => void log.push(`close ${seven}`),
  )
  expect(value).toBe(7)
  expect(await Promise.all([stack.stop(), stack.stop()])).toEqual([[], []])
  expect(log).toEqual(['start a', 'start b', 'close 7', 'stop b', 'stop a'])
})

test('stops those that run when one does not start', async () => {
  const { log, service } = recorder()
  const stack = new ServiceStack({ logger: silentLogger })
  await stack.start(service('a'))
  const bad = { ...service('b'), start: () => Promise.reject(new Error('no')) }
  await expect(stack.start(bad)).rejects.toThrow('no')
  await stack.stop()
  expect(log).toEqual(['start a', 'stop a'])
})

test('a stop that fails or hangs is told and holds up nobody', async () => {
  const { log, service } = recorder()
  const stack = new ServiceStack({ logger: silentLogger })
  await stack.start(service('first'))
  await stack.start(service('hangs', forever, 30))
  await stack.start(service('fails', () => Promise.reject(new Error('x'))))
  const problems = await stack.stop()
  expect(problems.map(({ service, problem }) => [service, problem])).toEqual([
    ['fails', 'error'],
    ['hangs', 'timeout'],
  ])
  expect(log.at(-1)).toBe('stop first')
})

test('all stops together keep the total deadline, and the last ones still get their time', async () => {
  const { log, service } = recorder()
  const stack = new ServiceStack({ logger: silentLogger, totalStopMs: 1_000 })
  await stack.start({ ...service('database'), stop: async () => (await slow(), void log.push('database is closed')) })
  for (const name of ['a', 'b', 'c']) await stack.start(service(name, forever, 60_000))
  const since = performance.now()
  expect(await stack.stop()).toHaveLength(3)
  expect(log.at(-1)).toBe('database is closed')
  expect(performance.now() - since).toBeLessThan(1_600)
})

test('nothing starts once it stops', async () => {
  const stack = new ServiceStack({ logger: silentLogger })
  await stack.stop()
  await expect(stack.start(recorder().service('late'))).rejects.toThrow('while the platform stops')
})

test('what is being started when the stop comes is stopped as well', async () => {
  const { log, service } = recorder()
  const stack = new ServiceStack({ logger: silentLogger })
  const starting = stack.start({ ...service('slow'), start: slow })
  const stopped = stack.stop()
  await starting
  expect(await stopped).toEqual([])
  expect(log).toEqual(['stop slow'])
})
