import { randomBytes, randomUUID } from 'node:crypto'
import type { Keys } from '@packages/db/keys/open-keys'
import { testKeys } from '@packages/db/test-keys'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import type { Database } from '@packages/db/open-database'
import { MasterKey } from '@packages/runtime/master-key'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { unlimited } from '@packages/runtime/rate-limiter'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { ApiInstance } from '../api-instance.ts'
import { type ApiDeps, buildApi } from '../app.ts'
import { GATEWAY_CHANGES } from '../gateway-changes.ts'
import { makeSetupToken } from '../features/setup/setup-token.ts'
import { startTestContent, type TestContent } from './test-content.ts'

export type TestUser = {
  id: string
  organizationId: string
  email: string
  password: string
  accessToken: string
  refreshToken: string
  /** Header of the session. */
  headers: Record<string, string>
}

export type TestApi = {
  app: ApiInstance
  db: Database
  masterKey: MasterKey
  keys: Pick<Keys, 'tenantKeys' | 'rootKeys'>
  /** Sends JSON; `as` are the credentials' headers. */
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    options?: TestCall,
  ): Promise<LightMyRequestResponse>
  /** Sets the platform up; the operator, signed in. */
  setUp(): Promise<TestUser>
  /** Another user with an own organization, signed in; made by `operator`. */
  addUser(operator: TestUser): Promise<TestUser>
  /** An API key's headers and id. */
  addApiKey(user: TestUser, body?: object): Promise<{ id: string; key: string; headers: Record<string, string> }>
  stop(): Promise<void>
}

export type TestCall = { body?: unknown; as?: Record<string, string>; headers?: Record<string, string> }

export const TEST_ORIGIN = 'http://127.0.0.1:3000'

/** Of everybody. */
export const PASSWORD = 'a password for tests'

/** The whole API on a database of its own, called without a socket (`app.inject`). */
export const buildTestApi = async (options: Partial<ApiDeps> = {}): Promise<TestApi> => {
  const database = await startTestDatabase()
  return buildTestApiOn(database, options)
}

/** The same with a content store. `limits` may be changed while it runs. */
export const buildTestContentApi = async (
  options: Partial<ApiDeps> = {},
): Promise<TestApi & { content: TestContent }> => {
  const database = await startTestDatabase()
  const content = await startTestContent(database.db)
  const api = await buildTestApiOn(database, { content: content.deps, ...options })
  const stop = async (): Promise<void> => {
    await api.app.close()
    await content.stop()
    await database.stop()
  }
  return { ...api, content, stop }
}

/** Another process on the same database, with the same master key unless another is given. */
export const buildSecondApi = (first: TestApi, options: Partial<ApiDeps> = {}): Promise<TestApi> =>
  buildTestApiOn({ db: first.db, stop: async () => {} }, { masterKey: first.masterKey, ...first.keys, ...options })

/** On a database that the test brings. */
export const buildTestApiOn = async (
  database: Pick<TestDatabase, 'db' | 'stop'>,
  options: Partial<ApiDeps> = {},
): Promise<TestApi> => {
  const { masterKey = new MasterKey(randomBytes(32)) } = options
  const { tenantKeys, rootKeys } = options.rootKeys === undefined ? await testKeys(database.db) : (options as Keys)
  const app = await buildApi({
    db: database.db,
    masterKey,
    tenantKeys,
    rootKeys,
    publicUrl: TEST_ORIGIN,
    rateLimiters: {
      login: unlimited,
      account: unlimited,
      anonymous: unlimited,
      credential: unlimited,
      user: unlimited,
      address: unlimited,
    },
    gatewayChanges: createMemoryRateLimiter(GATEWAY_CHANGES),
    ...options,
  })

  const call: TestApi['call'] = (method, path, { body, as = {}, headers = {} } = {}) => {
    const request: InjectOptions = { method, url: path, headers: { ...as, ...headers } }
    return app.inject(body === undefined ? request : { ...request, payload: body as object })
  }

  const signIn = async (account: { id: string; email: string; organization: { id: string } }): Promise<TestUser> => {
    const { email } = account
    const reply = await call('POST', '/api/v1/auth/login', { body: { email, password: PASSWORD } })
    const { accessToken, refreshToken } = reply.json()
    const headers = { authorization: `Bearer ${accessToken}` }
    const { id } = account
    return {
      id,
      organizationId: account.organization.id,
      email,
      password: PASSWORD,
      accessToken,
      refreshToken,
      headers,
    }
  }

  return {
    app,
    db: database.db,
    masterKey,
    keys: { tenantKeys, rootKeys },
    call,
    setUp: async () => {
      const made = await makeSetupToken({ db: database.db })
      const body = { token: made?.token, email: 'operator@example.org', password: PASSWORD, name: 'Operator' }
      const reply = await call('POST', '/api/v1/setup', { body })
      if (reply.statusCode !== 201) throw new Error(`set-up failed: ${reply.body}`)
      return signIn(reply.json())
    },
    addUser: async (operator) => {
      const body = { email: `${randomUUID()}@example.org`, password: PASSWORD, name: 'A user' }
      const reply = await call('POST', '/api/v1/users', { body, as: operator.headers })
      if (reply.statusCode !== 201) throw new Error(`no user: ${reply.body}`)
      return signIn(reply.json())
    },
    addApiKey: async (user, body = { name: 'test' }) => {
      const reply = await call('POST', '/api/v1/api-keys', { body, as: user.headers })
      if (reply.statusCode !== 201) throw new Error(`no key: ${reply.body}`)
      const { id, key } = reply.json()
      return { id, key, headers: { authorization: `Bearer ${key}` } }
    },
    stop: async () => {
      await app.close()
      await database.stop()
    },
  }
}
