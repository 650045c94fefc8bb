import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbeddedPostgres } from '@packages/db/embedded-postgres'
import { migrate } from '@packages/db/migrations'
import { openDatabase } from '@packages/db/open-database'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildSecondApi, buildTestApiOn, type TestApi, type TestUser } from '../testing/test-api.ts'

/**
 * Three API processes' worth of caches on a PostgreSQL of their own: on the run's shared one the transactions of other
 * tests hold the policy log back (ADR 0022), and nobody could say how long it takes.
 */
const WITHIN_MS = 1_000

let api: TestApi
let others: TestApi[]
let operator: TestUser
let stopServer: () => Promise<void>
beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hf-revocation-'))
  const settings = { fsync: 'off', synchronous_commit: 'off' }
  const server = await startEmbeddedPostgres({ dataDir, logger: silentLogger, settings })
  const db = await openDatabase({ url: server.connection, logger: silentLogger })
  await migrate(db)
  stopServer = async () => {
    await db.close()
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  api = await buildTestApiOn({ db, stop: async () => {} })
  operator = await api.setUp()
  others = [await buildSecondApi(api), await buildSecondApi(api)]
})
afterAll(async () => {
  for (const other of others) await other.app.close()
  await api.stop()
  await stopServer()
})

type Headers = Record<string, string>
type Case = {
  /** The credential that stops working. */
  of: (user: TestUser) => Promise<Headers> | Headers
  by: (user: TestUser, headers: Headers) => Promise<{ statusCode: number }>
  /** What its requests are answered then. */
  status?: number
}

const ask = (user: TestUser, method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object) =>
  api.call(method, `/api/v1${path}`, { as: user.headers, ...(body === undefined ? {} : { body }) })
const ids = new Map<Headers, string>()
const keyOf = async (user: TestUser): Promise<Headers> => {
  const { id, headers } = await api.addApiKey(user)
  ids.set(headers, id)
  return headers
}
const bearer = ({ headers }: TestUser): Headers => headers
/** A member of the operator's organization, acting in it. */
const membership = async (user: TestUser): Promise<Headers> => {
  const row = { id: randomUUIDv7(), organization_id: operator.organizationId, user_id: user.id, role: 'admin' }
  await api.db.kysely.insertInto('members').values(row).execute()
  await api.db.unitOfWork.run(async (uow) => uow.policy({ kind: 'user.changed', userId: user.id }))
  await sleep(WITHIN_MS)
  return { ...user.headers, 'holdfast-org': operator.organizationId }
}
const suspend = ({ organizationId }: TestUser) =>
  ask(operator, 'PUT', `/admin/organizations/${organizationId}/state`, { state: 'suspended', reason: 'test' })
const member = (user: TestUser) => `/organizations/${operator.organizationId}/members/${user.id}`

const CASES: Record<string, Case> = {
  'a key that is revoked': { of: keyOf, by: (user, headers) => ask(user, 'DELETE', `/api-keys/${ids.get(headers)}`) },
  'a key that is replaced without grace': {
    of: keyOf,
    by: (user, headers) => ask(user, 'POST', `/api-keys/${ids.get(headers)}/rotate`, { graceSeconds: 0 }),
  },
  'a key of a tenant that is suspended': { of: keyOf, by: suspend, status: 403 },
  'a session that signs out': { of: bearer, by: (user) => ask(user, 'POST', '/auth/logout') },
  'another session, at a new password': {
    of: async ({ email, password }) => {
      const reply = await api.call('POST', '/api/v1/auth/login', { body: { email, password } })
      return { authorization: `Bearer ${reply.json().accessToken}` }
    },
    by: (user) =>
      ask(user, 'POST', '/auth/password', { currentPassword: user.password, newPassword: 'quite another secret' }),
  },
  'a session of a tenant that is suspended': { of: bearer, by: suspend, status: 403 },
  'a member whose role is taken': {
    of: membership,
    by: (user) => ask(operator, 'PATCH', member(user), { role: 'viewer' }),
    status: 403,
  },
  'a member who is removed': { of: membership, by: (user) => ask(operator, 'DELETE', member(user)), status: 404 },
}

it.each(Object.entries(CASES))(
  '%s is refused within a second in every process',
  async (_name, { of, by, status: refused = 401 }) => {
    const user = await api.addUser(operator)
    const headers = await of(user)
    // What each needs is allowed to its caller before; asked twice, so that it is cached everywhere.
    const path =
      'holdfast-org' in headers ? '/api/v1/audit-log?limit=1' : refused === 403 ? '/api/v1/usage' : '/api/v1/auth/me'
    const probe = async (at: TestApi) => (await at.call('GET', path, { as: headers })).statusCode
    for (const at of [api, ...others, ...others]) expect(await probe(at)).toBe(200)
    expect((await by(user, headers)).statusCode).toBeLessThan(300)
    const done = performance.now()
    // Here at once.
    expect(await probe(api)).toBe(refused)
    for (const at of others) {
      let status = await probe(at)
      while (status !== refused && performance.now() - done < WITHIN_MS) {
        await sleep(10)
        status = await probe(at)
      }
      expect(status).toBe(refused)
    }
    expect(performance.now() - done).toBeLessThan(WITHIN_MS)
  },
)
