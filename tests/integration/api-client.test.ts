import { randomUUID } from 'node:crypto'
import { ApiProblem } from '@packages/api-client/api-problem'
import { createClient, dataOf, SecondFactorRequired } from '@packages/api-client/create-client'
import { buildTestApi, type TestApi, type TestUser } from '@apps/api/testing/test-api'
import { addSecondFactor, codeOf } from '@apps/api/testing/test-second-factor'
import { afterAll, beforeAll, expect, it } from 'vitest'

let api: TestApi
let operator: TestUser
let baseUrl: string
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
  baseUrl = await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => api.stop())

const account = () => ({ email: operator.email, password: operator.password })

it('signs in, makes a key and acts with it', async () => {
  const client = createClient({ baseUrl })
  await client.logIn(account())
  const { key } = await dataOf(client.POST('/api/v1/api-keys', { body: { name: 'client', scopes: ['files:read'] } }))
  const withKey = createClient({ baseUrl, apiKey: key })
  const me = await dataOf(withKey.GET('/api/v1/auth/me'))
  expect(me).toMatchObject({ credential: 'api-key', scopes: ['files:read'] })
})

it('asks for the second factor where the account has one', async () => {
  const user = await api.addUser(operator)
  const factor = await addSecondFactor(api, user)
  const client = createClient({ baseUrl })
  const { email, password } = user
  const refused = await client.logIn({ email, password }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(SecondFactorRequired)
  await client.logIn({ email, password }, async () => ({ code: codeOf(factor) }))
  expect(await dataOf(client.GET('/api/v1/auth/me'))).toMatchObject({ user: { email } })
})

it('throws problems with code, fields and request id', async () => {
  const client = createClient({ baseUrl })
  const failure = await client.logIn({ email: 'nobody', password: 'x' }).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ApiProblem)
  expect(failure).toMatchObject({
    status: 400,
    code: 'invalid_request',
    fields: [{ path: 'email' }],
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
})

it('trades its tokens once for many calls, before they expire', async () => {
  const seen: unknown[] = []
  let refreshes = 0
  const client = createClient({
    baseUrl,
    tokens: {
      accessToken: operator.accessToken,
      refreshToken: operator.refreshToken,
      tokenType: 'Bearer',
      // Nearly expired: the first call must trade them.
      expiresIn: 5,
    },
    onTokens: (tokens) => seen.push(tokens),
    fetch: (request) => {
      if (request.url.endsWith('/auth/refresh')) refreshes++
      return fetch(request)
    },
  })
  const replies = await Promise.all(Array.from({ length: 5 }, () => dataOf(client.GET('/api/v1/auth/me'))))
  expect(replies.map(({ user }) => user.email)).toEqual(Array.from({ length: 5 }, () => operator.email))
  expect(refreshes).toBe(1)
  expect(seen).toHaveLength(1)
  expect(seen[0]).not.toMatchObject({ refreshToken: operator.refreshToken })
})

it('tells when the session has ended', async () => {
  const seen: unknown[] = []
  const client = createClient({
    baseUrl,
    tokens: { accessToken: 'x', refreshToken: randomUUID(), tokenType: 'Bearer', expiresIn: 0 },
    onTokens: (tokens) => seen.push(tokens),
  })
  await expect(client.GET('/api/v1/auth/me')).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(seen).toEqual([undefined])
})

it('signs out here and on the server', async () => {
  const client = createClient({ baseUrl })
  const { accessToken } = await client.logIn(account())
  await client.logOut()
  await expect(client.GET('/api/v1/auth/me')).rejects.toMatchObject({ code: 'unauthenticated' })
  const reply = await fetch(new URL('/api/v1/auth/me', baseUrl), {
    headers: { authorization: `Bearer ${accessToken}` },
  })
  expect(reply.status).toBe(401)
})
