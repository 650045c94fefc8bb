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
}): Promise<TestApi> => {
  const { login = 1_000, account = 1_000, anonymous = 1_000, credential = 1_000 } = limits
  const rateLimiters = {
    login: limiter('login', login),
    account: limiter('account', account),
    anonymous: limiter('anonymous', anonymous),
    credential: limiter('credential', credential),
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
