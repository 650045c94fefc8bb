import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestDatabase } from '@packages/db/test-database'
import { startTestNameServer } from '@packages/runtime/dns/test-name-server'
import { startRedis } from '@packages/testkit/redis-server'
import { spawnPlatform } from '@packages/testkit/spawn-platform'
import { startPlatform } from '@packages/testkit/start-platform'
import { expect, it, onTestFinished } from 'vitest'

const LIMIT = 6
const NOBODYS = 'bafkreidon73zkcrwdb5iafqtijxildoonbwnpv7dyd6ef3qdgads2jc4su'

it('two gateway processes count the names of a client together in Redis; while it is lost or hangs each counts for itself', async () => {
  await using redis = await startRedis()
  const [database, names] = await Promise.all([startTestDatabase(), startTestNameServer()])
  onTestFinished(() => database.stop())
  onTestFinished(() => names.stop())
  const dataDir = await mkdtemp(join(tmpdir(), 'hf-names-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }))
  const environment = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    GATEWAY_WORKERS: '2',
    GATEWAY_NAME_QUOTA: `${LIMIT}`,
    DNS_SERVERS: names.servers.map(({ address, port }) => `${address}:${port}`).join(','),
    TRUSTED_PROXIES: '127.0.0.1',
  }
  await using whole = await startPlatform({ dataDir, environment })
  await using alone = await spawnPlatform({ dataDir, environment: { ...environment, ROLES: 'gateway' } })

  let next = 0
  const ask = async ({ gatewayUrl }: { gatewayUrl: string }, client: string, name = `n${next++}.example`) => {
    names.texts.set(`_dnslink.${name}`, [`dnslink=/ipfs/${NOBODYS}`])
    const answer = await fetch(`${gatewayUrl}/ipns/${name}`, { headers: { 'x-forwarded-for': client, accept: '*/*' } })
    await answer.text()
    return answer
  }
  /** 404: the name is known, and what it leads to is not here. */
  const statuses = async (client: string, ...gateways: { gatewayUrl: string }[]): Promise<number[]> => {
    const given: number[] = []
    for (const gateway of gateways) given.push((await ask(gateway, client)).status)
    return given
  }

  expect(await statuses('192.0.2.1', whole, alone, whole, alone, alone, alone, whole, alone)).toEqual([
    404, 404, 404, 404, 404, 404, 429, 429,
  ])
  const refused = await ask(alone, '192.0.2.1')
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(5)
  expect(names.asked).toHaveLength(LIMIT)
  expect((await ask(whole, '192.0.2.1', 'n0.example')).status).toBe(404)
  expect(await statuses('192.0.2.2', alone, whole)).toEqual([404, 404])

  redis.pause()
  const begun = performance.now()
  expect(await statuses('192.0.2.3', alone, alone, alone, alone, alone, alone, alone)).toEqual([
    404, 404, 404, 404, 404, 404, 429,
  ])
  expect(performance.now() - begun).toBeLessThan(5_000)
  redis.resume()

  await redis.kill()
  for (const gateway of [whole, alone]) {
    const before = names.asked.length
    const given = await statuses('192.0.2.4', ...Array.from({ length: 4 * LIMIT }, () => gateway))
    expect(given.filter((status) => status === 404)).toHaveLength(LIMIT)
    expect(given.filter((status) => status === 429)).toHaveLength(3 * LIMIT)
    expect(names.asked).toHaveLength(before + LIMIT)
  }
})
