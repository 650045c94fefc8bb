import { Agent, request } from 'node:http'
import { freePort } from '@packages/testkit/free-port'
import { callJson } from '@packages/testkit/http-client'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { startVarnish, type TestVarnish } from '@packages/testkit/varnish-server'
import { afterAll, beforeAll, expect, test } from 'vitest'

const TOKEN = 'a-token-of-the-cache'
const SOON = { timeout: 20_000, interval: 50 }
const CLIENTS = 2

type Answer = { status: number; isHit: boolean; body: string; headers: Record<string, string | string[] | undefined> }

let platform: TestPlatform
let varnish: TestVarnish
let token: string
let key: string

beforeAll(async () => {
  const [port, gatewayPort] = [await freePort(), await freePort()]
  varnish = await startVarnish({ port, gatewayPort, token: TOKEN })
  platform = await startPlatform({
    environment: {
      GATEWAY_PORT: `${gatewayPort}`,
      GATEWAY_SUBDOMAIN_HOSTS: 'gw.example',
      TRUSTED_PROXIES: '127.0.0.1',
      CDN_CACHES: JSON.stringify([{ kind: 'varnish', url: varnish.url, token: TOKEN }]),
    },
  })
  token = (await platform.logIn()).accessToken
  key = await platform.apiKey()
})
afterAll(async () => {
  await platform?.stop()
  await varnish?.[Symbol.asyncDispose]()
})

const ask = (
  path: string,
  { host = '127.0.0.1', headers = {}, agent = false as Agent | false, method = 'GET' } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(new URL(path, varnish.url), { method, agent, headers: { Host: host, ...headers } })
    asked.on('error', reject)
    asked.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          isHit: response.headers['cache-status'] === 'Varnish; hit',
          body: Buffer.concat(chunks).toString('latin1'),
          headers: response.headers,
        }),
      )
    })
    asked.end()
  })

const isHit = (path: string, host?: string): Promise<void> =>
  expect.poll(async () => (await ask(path, { ...(host && { host }) })).isHit, SOON).toBe(true)

const change = async (method: string, path: string, by: string, body?: object): Promise<void> => {
  const headers = { authorization: `Bearer ${by}`, ...(body && { 'content-type': 'application/json' }) }
  const answer = await fetch(`${platform.apiUrl}/api/v1${path}`, { method, headers, body: JSON.stringify(body) })
  expect([200, 201, 202, 204]).toContain(answer.status)
}

const openGateway = async (name: string): Promise<{ id: string; host: string }> => {
  const body = { name, tokenRequired: false }
  const made = await callJson<{ id: string }>(`${platform.apiUrl}/api/v1/gateways`, { token, body })
  return { id: made.id, host: `${name}.gw.example` }
}

/** Asks Varnish for these as often as it can meanwhile, and until it is told to end. */
const hammer = (asked: readonly { path: string; host?: string }[]): (() => Promise<void>) => {
  const done = new AbortController()
  const agent = new Agent({ keepAlive: true })
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!done.signal.aborted) for (const { path, host } of asked) await ask(path, { agent, ...(host && { host }) })
  })
  return async () => {
    done.abort()
    await Promise.all(clients)
    agent.destroy()
  }
}

const noPurgeIsLeft = (): Promise<void> =>
  expect
    .poll(async () => (await platform.db.kysely.selectFrom('cache_purges').select('tag').execute()).length, SOON)
    .toBe(0)

test('what is deleted, taken down, closed or published anew is not answered by Varnish any more, asked for all the time', async () => {
  const upload = async (text: string): Promise<string> => (await platform.upload(key, text)).file.cid
  const [kept, deleted, denied, old, next] = await Promise.all(['kept', 'deleted', 'denied', 'old', 'new'].map(upload))
  const [closed, gone] = [await openGateway('to-be-closed'), await openGateway('to-be-gone')]
  const { id, name } = await callJson<{ id: string; name: string }>(`${platform.apiUrl}/api/v1/ipns/keys`, {
    token,
    body: { label: 'site' },
  })
  await change('POST', `/ipns/keys/${id}/publish`, token, { value: `/ipfs/${old}` })

  const all = [
    { path: `/ipfs/${kept}`, before: 200, after: 200 },
    { path: `/ipfs/${deleted}`, before: 200, after: 404 },
    { path: `/ipfs/${deleted}?format=raw`, before: 200, after: 404 },
    { path: `/ipfs/${denied}`, before: 200, after: 451 },
    { path: `/ipfs/${denied}?format=car`, before: 200, after: 451 },
    { path: `/ipfs/${kept}`, host: closed.host, before: 200, after: 401 },
    { path: `/ipfs/${kept}`, host: gone.host, before: 200, after: 200 },
    { path: `/ipns/${name}`, before: 200, after: 200 },
  ]
  for (const { path, host } of all) await isHit(path, host)
  for (const { path, host, before } of all) expect((await ask(path, { ...(host && { host }) })).status).toBe(before)

  const end = hammer(all)
  await change('DELETE', `/files/${deleted}`, key)
  await change('POST', '/admin/takedowns', token, { cid: denied, caseNumber: 'A-1', reason: 'a test', status: 451 })
  await change('PATCH', `/gateways/${closed.id}`, token, { tokenRequired: true })
  await change('DELETE', `/gateways/${gone.id}`, token)
  await change('POST', `/ipns/keys/${id}/publish`, token, { value: `/ipfs/${next}` })
  for (const { path, host, after } of all)
    await expect.poll(async () => (await ask(path, { ...(host && { host }) })).status, SOON).toBe(after)
  await noPurgeIsLeft()
  await end()
  for (const { path, host, after } of all) expect((await ask(path, { ...(host && { host }) })).status).toBe(after)
  expect((await ask(`/ipns/${name}`)).body).toBe('new')
  expect((await ask(`/ipfs/${kept}`)).isHit).toBe(true)
})

test('keeps one answer for each representation, and nothing that a visitor writes of hosts gets into one', async () => {
  const { cid } = (await platform.upload(key, '<p>a page</p>', 'a.html')).file
  const raw = { headers: { Accept: 'application/vnd.ipld.raw' } }
  const lied = { headers: { 'X-Forwarded-Host': `${cid}.ipfs.gw.example`, 'X-Forwarded-Proto': 'https' } }
  expect((await ask(`/ipfs/${cid}`, lied)).status).toBe(200)
  const page = await ask(`/ipfs/${cid}`)
  expect([page.isHit, page.headers['content-security-policy']]).toEqual([true, expect.stringContaining('sandbox')])
  expect(page.headers).not.toHaveProperty('surrogate-key')
  for (let turn = 0; turn < 2; turn++) {
    expect((await ask(`/ipfs/${cid}`, raw)).headers['content-type']).toBe('application/vnd.ipld.raw')
    expect((await ask(`/ipfs/${cid}`)).headers['content-type']).toMatch(/^text\/html/)
  }
  expect((await ask(`/ipfs/${cid}`, raw)).isHit).toBe(true)
})

test('keeps one copy of each representation, however Accept is spelled, and none of what it does not know', async () => {
  const { cid } = (await platform.upload(key, 'many spellings')).file
  const path = `/ipfs/${cid}`
  const accept = (Accept: string): Promise<Answer> => ask(path, { headers: { Accept } })
  const car = 'application/vnd.ipld.car'
  for (const first of [car, `${car};dups=y`, 'application/vnd.ipld.raw'])
    expect((await accept(first)).isHit).toBe(false)
  for (const [spelled, type] of [
    [`${car}; version=1; order=dfs; dups=n`, /dups=n/],
    ['Application/VND.ipld.car;order=unk', /dups=n/],
    [`${car};version=1;dups=y;order=dfs`, /dups=y/],
    ['APPLICATION/vnd.ipld.raw', /raw/],
  ] as const) {
    const answer = await accept(spelled)
    expect([answer.isHit, answer.headers['content-type']]).toEqual([true, expect.stringMatching(type)])
  }
  const { cache_miss: before } = await varnish.counts()
  const odd = Array.from({ length: 20 }, (_, at) => [`${car};x=${at}`, `application/vnd.ipld.raw;q=0.${at + 1}`]).flat()
  for (const spelled of [...odd, `${car};dups=n;dups=y`, `${car},text/html`]) {
    const { status, isHit } = await accept(spelled)
    expect([spelled, status, isHit]).toEqual([spelled, 200, false])
  }
  expect((await varnish.counts()).cache_miss).toBe(before)
})

test('keeps one redirect for each scheme, whatever visitors write of it', async () => {
  const { cid } = (await platform.upload(key, 'to be moved')).file
  const location = async (scheme: string): Promise<unknown> => {
    const headers = { 'X-Forwarded-Proto': scheme }
    return (await ask(`/ipfs/${cid}`, { host: 'gw.example', headers })).headers.location
  }
  const { cache_miss: before } = await varnish.counts()
  const odd = Array.from({ length: 20 }, (_, at) => `x${at}`)
  for (const scheme of ['http', 'HTTP', 'http, https', ...odd])
    expect([scheme, await location(scheme)]).toEqual([scheme, `http://${cid}.ipfs.gw.example/`])
  for (const scheme of ['https', 'HTTPS', 'https, http', 'https,x'])
    expect([scheme, await location(scheme)]).toEqual([scheme, `https://${cid}.ipfs.gw.example/`])
  expect((await varnish.counts()).cache_miss - before).toBeLessThanOrEqual(3)
})

test('gives no service worker what it has kept of a path', async () => {
  const { cid } = (await platform.upload(key, 'onfetch = () => {}', 'a.js')).file
  await isHit(`/ipfs/${cid}`)
  const worker = await ask(`/ipfs/${cid}`, { headers: { 'Service-Worker': 'script' } })
  expect([worker.status, worker.isHit]).toEqual([400, false])
})

test('lets nobody else have things let go', async () => {
  const { cid } = (await platform.upload(key, 'to stay')).file
  await isHit(`/ipfs/${cid}`)
  const tags = { 'Holdfast-Purge-Tags': '.*' }
  for (const headers of [tags, { ...tags, 'Holdfast-Purge-Token': 'another one' }])
    expect((await ask('/', { method: 'BAN', headers })).status).toBe(403)
  expect((await ask('/', { method: 'BAN', headers: { 'Holdfast-Purge-Token': TOKEN } })).status).toBe(400)
  expect((await ask(`/ipfs/${cid}`)).isHit).toBe(true)
})
