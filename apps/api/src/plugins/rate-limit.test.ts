import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { afterEach, expect, it } from 'vitest'
import { buildTestApi, TEST_ORIGIN, type TestApi } from '../testing/test-api.ts'

let api: TestApi
afterEach(() => api.stop())

const limiter = (name: string, limit: number) => createMemoryRateLimiter({ name, limit, windowMs: 60_000 })

const build = (limits: {
  login?: number
  account?: number
  anonymous?: number
  credential?: number
  user?: number
  address?: number
}): Promise<TestApi> => {
  const {
    login = 1_000,
    account = 1_000,
    anonymous = 1_000,
    credential = 1_000,
    user = 1_000,
    address = 1_000,
  } = limits
  const rateLimiters = {
    login: limiter('login', login),
    account: limiter('account', account),
    anonymous: limiter('anonymous', anonymous),
    credential: limiter('credential', credential),
    user: limiter('user', user),
    address: limiter('address', address),
  }
  return buildTestApi({ rateLimiters })
}

it('stops guesses at a password by address, and tells when to come back', async () => {
  api = await build({ login: 3 })
  const guess = () =>
    api.call('POST', '/api/v1/auth/login', { body: { email: `${Math.random()}@example.org`, password: 'guess' } })
  const first = await guess()
  expect(first.headers.ratelimit).toMatch(/^"login";r=2;t=(59|60)$/)
  expect(first.headers['ratelimit-policy']).toBe('"login";q=3;w=60')
  await guess()
  await guess()
  const fourth = await guess()
  expect(fourth.json()).toMatchObject({ status: 429, code: 'rate_limited' })
  expect(Number(fourth.headers['retry-after'])).toBeGreaterThan(0)
  // A body is not even read, and better-auth's door is the same door.
  const other = await api.call('POST', '/api/auth/sign-in/email', { body: { email: 'a@example.org', password: 'x' } })
  expect(other.statusCode).toBe(429)
})

it('stops guesses at one account from many addresses', async () => {
  api = await build({ account: 3 })
  const guess = (remoteAddress: string) =>
    api.app.inject({
      method: 'POST',
      url: '/api/v1/auth/login',
      remoteAddress,
      payload: { email: 'victim@example.org', password: 'guess' },
    })
  for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) expect((await guess(address)).statusCode).toBe(401)
  expect((await guess('10.0.0.4')).statusCode).toBe(429)
})

it('counts wrong passwords at both doors together, however the account is written, and no right ones', async () => {
  api = await build({ account: 3 })
  const { email, password } = await api.setUp()
  let address = 0
  const signIn = async (url: string, payload: object): Promise<number> => {
    const headers = { origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
    const remoteAddress = `10.0.0.${++address}`
    return (await api.app.inject({ method: 'POST', url, remoteAddress, headers, payload })).statusCode
  }
  const [page, token] = ['/api/auth/sign-in/email', '/api/v1/auth/login']
  for (let index = 0; index < 4; index++) expect(await signIn(page, { email, password })).toBe(200)
  expect(await signIn(page, { email, password: 'guess' })).toBe(401)
  expect(await signIn(page, { email: email.toUpperCase(), password: 'guess' })).toBe(401)
  expect(await signIn(token, { email: ` ${email}`, password: 'guess' })).toBe(401)
  expect(await signIn(page, { email, password })).toBe(429)
  expect(await signIn(token, { email, password })).toBe(429)
  // As for those who have no account.
  for (let index = 0; index < 3; index++)
    expect(await signIn(page, { email: 'nobody@example.org', password: 'guess' })).toBe(401)
  expect(await signIn(page, { email: 'nobody@example.org', password: 'guess' })).toBe(429)
})

it('counts wrong credentials like none, by address', async () => {
  api = await build({ anonymous: 4 })
  const ask = (authorization: string) => api.call('GET', '/api/v1/auth/me', { as: { authorization } })
  for (let index = 0; index < 4; index++) expect((await ask(`Bearer guess-${index}`)).statusCode).toBe(401)
  expect((await ask('Bearer guess-5')).statusCode).toBe(429)
})

it('counts a credential by itself', async () => {
  api = await build({ credential: 8 })
  const operator = await api.setUp()
  const key = await api.addApiKey(operator)
  const me = () => api.call('GET', '/api/v1/auth/me', { as: key.headers })
  for (let index = 0; index < 8; index++) expect((await me()).statusCode).toBe(200)
  expect((await me()).json()).toMatchObject({ status: 429, code: 'rate_limited' })
  expect((await api.call('GET', '/api/v1/auth/me', { as: operator.headers })).statusCode).toBe(200)
})

it('counts all credentials of one user together, and all users of one address', async () => {
  api = await build({ user: 12, address: 20 })
  const operator = await api.setUp()
  const keys = [await api.addApiKey(operator), await api.addApiKey(operator)]
  const me = (as: Record<string, string>) => api.call('GET', '/api/v1/auth/me', { as })
  // Making each key was a change: 5.
  const answer = await me(keys[0]?.headers ?? {})
  expect(answer.headers.ratelimit).toMatch(/^"credential";r=999;t=60, "user";r=1;t=\d+, "address";r=9;t=\d+$/)
  expect(answer.headers['ratelimit-policy']).toBe('"credential";q=1000;w=60, "user";q=12;w=60, "address";q=20;w=60')
  expect((await me(keys[1]?.headers ?? {})).statusCode).toBe(200)
  const refused = await me(keys[1]?.headers ?? {})
  expect(refused.statusCode).toBe(429)
  expect(refused.headers.ratelimit).toMatch(/^"user";r=0;t=\d+$/)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
})

it.each([
  ['GET', '/api/v1/auth/me', 1],
  ['GET', '/api/v1/usage', 1],
  ['DELETE', '/api/v1/api-keys/0190d0c0-0000-7000-8000-000000000001', 5],
  ['GET', '/api/v1/api-keys', 2],
] as const)('%s %s costs %i', async (method, path, cost) => {
  api = await build({})
  const operator = await api.setUp()
  const answer = await api.call(method, path, { as: operator.headers })
  expect(answer.headers.ratelimit).toMatch(new RegExp(`^"credential";r=${1_000 - cost};`))
})

/** Whether two requests from `peer` with these headers count as one address. */
const countTogether = async (
  trustedProxies: string[],
  peers: [string, string],
  headers: [Record<string, string>, Record<string, string>],
): Promise<boolean> => {
  const limiters = {
    login: limiter('login', 1),
    account: limiter('account', 1_000),
    anonymous: limiter('anonymous', 1_000),
    credential: limiter('credential', 1_000),
    user: limiter('user', 1_000),
    address: limiter('address', 1_000),
  }
  api = await buildTestApi({ rateLimiters: limiters, trustedProxies })
  const statuses: number[] = []
  for (const turn of [0, 1] as const) {
    const payload = { email: 'ada@example.org', password: 'guess' }
    const request = { method: 'POST', url: '/api/v1/auth/login', payload } as const
    statuses.push((await api.app.inject({ ...request, remoteAddress: peers[turn], headers: headers[turn] })).statusCode)
  }
  expect(statuses[0]).toBe(401)
  return statuses[1] === 429
}

const PROXY = '10.0.0.1'
const HEADERS_OF_OTHERS = [
  'x-real-ip',
  'forwarded',
  'x-client-ip',
  'cf-connecting-ip',
  'true-client-ip',
  'x-cluster-client-ip',
]
const xff = (value: string): Record<string, string> => ({ 'x-forwarded-for': value })

it.each<[string, string[], [string, string], [Record<string, string>, Record<string, string>], boolean]>([
  ['no proxy is trusted unless it is named', [], [PROXY, PROXY], [xff('192.0.2.1'), xff('192.0.2.2')], true],
  [
    'nobody but a proxy is believed',
    ['10.0.0.0/8'],
    ['203.0.113.9', '203.0.113.9'],
    [xff('192.0.2.1'), xff('192.0.2.2')],
    true,
  ],
  [
    'nobody borrows another’s address',
    ['10.0.0.0/8'],
    ['203.0.113.9', '203.0.113.8'],
    [xff('192.0.2.1'), xff('192.0.2.1')],
    false,
  ],
  [
    'a proxy tells apart who comes through it',
    ['10.0.0.0/8'],
    [PROXY, PROXY],
    [xff('192.0.2.1'), xff('192.0.2.2')],
    false,
  ],
  [
    'a chain is read from its end',
    ['10.0.0.0/8'],
    [PROXY, PROXY],
    [xff('192.0.2.1, 203.0.113.9'), xff('192.0.2.2, 203.0.113.9')],
    true,
  ],
  [
    'through proxies that are trusted',
    ['10.0.0.0/8'],
    [PROXY, '10.9.9.9'],
    [xff('192.0.2.1, 203.0.113.9, 10.0.0.2'), xff('x, 203.0.113.9')],
    true,
  ],
  [
    'a trusted address that is claimed before the caller’s does not help',
    ['10.0.0.0/8'],
    [PROXY, PROXY],
    [xff('10.0.0.7, 203.0.113.9'), xff('127.0.0.1, 203.0.113.9')],
    true,
  ],
  ['loopback is not trusted by itself', [], ['127.0.0.1', '127.0.0.1'], [xff('192.0.2.1'), xff('192.0.2.2')], true],
  [
    'a mapped proxy is the same proxy',
    ['10.0.0.0/8'],
    [PROXY, '::ffff:10.0.0.1'],
    [xff('192.0.2.1'), xff('192.0.2.1')],
    true,
  ],
  ...HEADERS_OF_OTHERS.map(
    (name): [string, string[], [string, string], [Record<string, string>, Record<string, string>], boolean] => [
      `${name} says nothing, even by a proxy`,
      ['10.0.0.0/8'],
      [PROXY, PROXY],
      [
        { ...xff('203.0.113.9'), [name]: 'for=192.0.2.1' },
        { ...xff('203.0.113.9'), [name]: '192.0.2.2' },
      ],
      true,
    ],
  ),
])('addresses: %s', async (_name, proxies, peers, headers, together) => {
  expect(await countTogether(proxies, peers, headers)).toBe(together)
})
