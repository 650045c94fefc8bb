import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeTestCertificates } from '@packages/runtime/tls/test-certificates'
import { freePort } from '@packages/testkit/free-port'
import { startRedis } from '@packages/testkit/redis-server'
import { SpawnFailed, spawnPlatform } from '@packages/testkit/spawn-platform'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { expect, onTestFinished, test } from 'vitest'

const SOON = { timeout: 10_000, interval: 100 }

const logInAs = (platform: TestPlatform) =>
  fetch(`${platform.apiUrl}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(platform.admin),
  })

const me = (platform: TestPlatform, key: string) =>
  fetch(`${platform.apiUrl}/api/v1/auth/me`, { headers: { authorization: `Bearer ${key}` } })

const left = (response: Response): number => Number(/;r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1])

const figure = async (platform: TestPlatform, name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await (await fetch(platform.metricsUrl)).text())?.[1])

test('two platforms count tries to sign in together', async () => {
  await using redis = await startRedis()
  const environment = { REDIS_URL: redis.url }
  await using one = await startPlatform({ environment })
  await using other = await startPlatform({ environment })
  const counts: number[] = []
  for (const platform of [one, other, one]) counts.push(left(await logInAs(platform)))
  const [first = Number.NaN] = counts
  expect(counts).toEqual([first, first - 1, first - 2])
})

test('while Redis is lost sign-in is refused, all else goes on, and it comes back by itself', async () => {
  await using redis = await startRedis()
  await using platform = await startPlatform({ environment: { REDIS_URL: redis.url } })
  const key = await platform.apiKey()
  expect((await logInAs(platform)).status).toBe(200)

  await redis.kill()
  for (let turn = 0; turn < 5; turn++) {
    const refused = await logInAs(platform)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(await refused.json()).toMatchObject({ code: 'unavailable' })
  }
  const begun = performance.now()
  const answers = [await me(platform, key), await me(platform, key)]
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(left(answers[0] as Response) - left(answers[1] as Response)).toBe(1)
  expect(performance.now() - begun).toBeLessThan(1_000)
  expect(await figure(platform, 'holdfast_redis_up')).toBe(0)
  // Two limits each: of the key and of its user.
  expect(await figure(platform, 'holdfast_rate_limit_fallbacks_total')).toBe(4)

  const health = async (part: string): Promise<unknown> => {
    const answer = await fetch(`${platform.apiUrl}/health/${part}`)
    return { http: answer.status, ...((await answer.json()) as object) }
  }
  expect(await health('cache')).toEqual({ http: 200, status: 'alarm', alarms: [{ code: 'redis_lost' }] })
  expect(await health('ready')).toEqual({ http: 200, status: 'alarm', alarms: [{ code: 'redis_lost' }] })

  await redis.start()
  await expect.poll(async () => (await logInAs(platform)).status, SOON).toBe(200)
  expect((await me(platform, key)).status).toBe(200)
  expect(await health('cache')).toEqual({ http: 200, status: 'ok' })
  await sleep(600) // Figures of one look are kept for half a second.
  expect(await figure(platform, 'holdfast_redis_up')).toBe(1)
  expect(await figure(platform, 'holdfast_redis_lost_total')).toBe(1)
})

test('a Redis that hangs holds no request up for long', async () => {
  await using redis = await startRedis()
  await using platform = await startPlatform({ environment: { REDIS_URL: redis.url } })
  const key = await platform.apiKey()
  redis.pause()
  try {
    const begun = performance.now()
    for (let turn = 0; turn < 10; turn++) expect((await me(platform, key)).status).toBe(200)
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect((await logInAs(platform)).status).toBe(503)
  } finally {
    redis.resume()
  }
  await expect.poll(async () => (await logInAs(platform)).status, SOON).toBe(200)
})

test('Redis over TLS: by an authority that is known, and by no other', async () => {
  const certificates = makeTestCertificates()
  onTestFinished(() => certificates.remove())
  const { certFile, keyFile } = certificates.make('redis', ['DNS:localhost'])
  const caFile = `${certFile}.ca`
  await writeFile(caFile, certificates.ca)
  await using redis = await startRedis({ tls: { port: await freePort(), cert: certFile, key: keyFile } })
  const environment = { REDIS_URL: redis.url, NODE_ENV: 'production' }
  const refused: unknown = await spawnPlatform({ environment }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(SpawnFailed)
  expect(refused).toMatchObject({
    exit: { code: 1, output: expect.stringMatching(/REDIS_URL: cannot use rediss:\/\/localhost:\d+: .*certificate/) },
  })
  await using platform = await spawnPlatform({ environment: { ...environment, NODE_EXTRA_CA_CERTS: caFile } })
  const answer = await fetch(`${platform.apiUrl}/health/cache`)
  expect(await answer.json()).toEqual({ status: 'ok' })
})
