import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { allOperations, type Operation, withField } from '@apps/api/attacks/json-operations'
import { DATA_MAP } from '@packages/db/data-map'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/**
 * A different canary in every input of every route, on a running platform that logs all it can. What is no more than personal may stand in the
 * columns that `data-map.ts` calls so; a secret may stand nowhere, and nothing in a log, a figure or an error.
 */
const lines: string[] = []
const masterKey = randomBytes(32).toString('hex')
const password = `cnry${randomBytes(12).toString('hex')}`

let platform: TestPlatform
beforeAll(async () => {
  platform = await startPlatform({
    onLogLine: (line) => void lines.push(line),
    environment: {
      LOG_LEVEL: 'trace',
      LOG_FORMAT: 'json',
      SECRET_KEY: masterKey,
      ADMIN_PASSWORD: password,
      RATE_LIMIT_LOGIN: '0',
      RATE_LIMIT_ANONYMOUS: '0',
    },
  })
  platform.admin.password = password
}, 120_000)
afterAll(() => platform.stop())

type Canary = { value: string; where: string; secret: boolean }
const planted: Canary[] = [
  { value: masterKey, where: 'SECRET_KEY', secret: true },
  { value: password, where: 'ADMIN_PASSWORD', secret: true },
]
const told: { where: string; body: string }[] = []

const plant = (where: string, secret: boolean): string => {
  const value = `cnry${randomBytes(10).toString('hex')}`
  planted.push({ value, where, secret })
  return value
}

const SECRET_FIELD = /password|token|secret|code|key$/i
const SECRET_HEADERS = ['authorization', 'cookie', 'x-api-key', 'proxy-authorization', 'idempotency-key']
const HEADERS = ['user-agent', 'referer', 'request-id', 'x-forwarded-for', 'holdfast-org', 'accept', 'x-canary']

const ID = '0190d0c0-0000-7000-8000-000000000001'

const send = async (where: string, method: string, url: string, init: RequestInit): Promise<Response> => {
  const reply = await fetch(url, { ...init, method, redirect: 'manual' })
  // A stream of events has no end that could be waited for.
  const isStream = reply.headers.get('content-type')?.startsWith('text/event-stream') === true
  if (isStream) await reply.body?.cancel()
  const body = isStream ? '' : await reply.text()
  if (reply.status >= 400) told.push({ where, body: `${body} ${JSON.stringify([...reply.headers])}` })
  return reply
}

const stringFields = (value: unknown, path: string[] = []): string[][] => {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => stringFields(one, [...path, key]))
}

/** Every input of one operation, one after the other; some are taken, and what they make is in the database then. */
const attack = async (operation: Operation): Promise<void> => {
  const { name, method } = operation
  const token = operation.access === 'public' ? undefined : (await platform.logIn()).accessToken
  const headers: Record<string, string> = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(operation.body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const body = operation.body === undefined || method === 'GET' ? {} : { body: JSON.stringify(operation.sample) }
  const path = operation.url.replaceAll(/:\w+/g, ID)
  const to = (rest: string): string => `${platform.apiUrl}${rest}`
  const named = operation.url.replaceAll(/:(\w+)/g, (_, parameter) => plant(`${name} path ${parameter}`, false))
  if (named !== operation.url) await send(name, method, to(named), { headers, ...body })
  for (const query of [...operation.query, 'canary'])
    await send(name, method, to(`${path}?${query}=${plant(`${name} query ${query}`, false)}`), { headers, ...body })
  for (const header of [...HEADERS, ...SECRET_HEADERS]) {
    const value = plant(`${name} header ${header}`, SECRET_HEADERS.includes(header))
    const shown =
      header === 'authorization' ? `Bearer ${value}` : header === 'cookie' ? `holdfast.session_token=${value}` : value
    await send(name, method, to(path), { headers: { ...headers, [header]: shown }, ...body })
  }
  await send(name, method, to(path), {
    headers: { ...headers, authorization: `Bearer hfast_${plant(`${name} key`, true)}` },
    ...body,
  })
  if (operation.body === undefined) return
  for (const [...at] of stringFields(operation.sample)) {
    const field = at.pop() ?? ''
    const value = plant(`${name} body ${[...at, field].join('.')}`, SECRET_FIELD.test(field))
    const changed = withField(operation.sample, at, field, field === 'email' ? `${value}@example.org` : value)
    await send(name, method, to(path), { headers, body: JSON.stringify(changed) })
  }
  const unknown = withField(operation.sample, [], 'canary', plant(`${name} body unknown field`, true))
  await send(name, method, to(path), { headers, body: JSON.stringify(unknown) })
  await send(name, method, to(path), { headers, body: `{"${plant(`${name} body no JSON`, true)}` })
}

const uploadInPrivate = async (
  key: string,
  file: { content: string; name: string; metadata: string },
): Promise<void> => {
  const form = new FormData()
  form.set('metadata', file.metadata)
  form.set('file', new Blob([file.content]), file.name)
  const headers = { authorization: `Bearer ${key}` }
  const reply = await fetch(`${platform.apiUrl}/api/v1/files/upload?visibility=private`, {
    method: 'POST',
    headers,
    body: form,
  })
  expect([reply.status, ((await reply.json()) as { file: object }).file]).toMatchObject([
    201,
    { visibility: 'private' },
  ])
}

/** Everything that the platform keeps in files: the content store, secrets, heads of the audit log. */
const inFiles = async (): Promise<string> => {
  const entries = await readdir(platform.dataDir, { recursive: true, withFileTypes: true })
  const texts = await Promise.all(
    entries.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), 'latin1')),
  )
  return texts.join('\n')
}

/** What succeeds with secrets in it: accounts, keys, sessions, files. */
const live = async (): Promise<void> => {
  const post = async (path: string, body: object, token?: string) => {
    const reply = await fetch(`${platform.apiUrl}/api/v1${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    })
    const json = (await reply.json().catch(() => ({}))) as Record<string, string>
    expect([path, reply.status]).toEqual([path, expect.toSatisfy((status: number) => status < 300)])
    return json
  }
  const secret = (where: string, value = plant(where, true)): string => {
    if (!planted.some((one) => one.value === value)) planted.push({ value, where, secret: true })
    return value
  }
  const { accessToken: admin } = await platform.logIn()
  const account = { email: `${plant('a user, e-mail', false)}@example.org`, password: secret('a user, password') }
  await post('/users', { ...account, name: plant('a user, name', false) }, admin)
  const pair = await post('/auth/login', account)
  secret('access token', pair.accessToken)
  secret('refresh token', pair.refreshToken)
  const next = await post('/auth/refresh', { refreshToken: pair.refreshToken })
  secret('refresh token, rotated', next.refreshToken)
  const made = await post('/api-keys', { name: plant('an API key, name', false) }, next.accessToken)
  secret('an API key', String(made.key).slice(13))
  await post('/organizations', { name: plant('an organization, name', false) }, next.accessToken)
  const invited = { email: `${plant('an invitation, e-mail', false)}@example.org`, role: 'viewer' }
  const invitation = await post('/invitations', invited, next.accessToken)
  secret('the link of an invitation', String(invitation.link).split('#token=')[1])
  await platform.upload(String(made.key), secret('the bytes of a file'), plant('a file, name', false))
  await uploadInPrivate(String(made.key), {
    content: secret('the bytes of a private file').repeat(20),
    name: secret('a private file, name'),
    metadata: JSON.stringify({ [secret('a private file, metadata key')]: secret('a private file, metadata') }),
  })
  const changed = { currentPassword: account.password, newPassword: secret('a user, new password') }
  await fetch(`${platform.apiUrl}/api/v1/auth/password`, {
    method: 'POST',
    body: JSON.stringify(changed),
    headers: { 'content-type': 'application/json', authorization: `Bearer ${next.accessToken}` },
  }).then((reply) => expect(reply.status).toBe(204))
}

const getAtGateway = (path: string, headers: Record<string, string> = {}) =>
  send(`gateway ${path.slice(0, 12)}`, 'GET', `${platform.gatewayUrl}${path}`, { headers })

const atTheGateway = async (): Promise<void> => {
  const cid = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
  await getAtGateway(`/ipfs/${cid}?${plant('gateway query', true)}=${plant('gateway query value', true)}`)
  await getAtGateway(`/ipfs/${cid}`, {
    authorization: `Bearer ${plant('gateway bearer', true)}`,
    cookie: `a=${plant('gateway cookie', true)}`,
  })
  for (const header of HEADERS)
    await getAtGateway(`/ipfs/${cid}`, { [header]: plant(`gateway header ${header}`, false) })
  await getAtGateway(`/files/${cid}?token=${plant('gateway signed link', true)}`)
}

const encodings = (value: string): string[] => [
  value,
  Buffer.from(value).toString('hex'),
  Buffer.from(value).toString('base64').replaceAll('=', '').slice(0, -1),
]

/** Where in the database a canary stands in clear, as `table.column`; jobs and views of other schemas included. */
const placesInDatabase = async (): Promise<{ place: string; canary: Canary }[]> => {
  const { pool } = platform.db
  const { rows: columns } = await pool.query<{ schema: string; table: string; column: string }>(
    `select c.table_schema as schema, c.table_name as "table", c.column_name as "column"
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog', 'information_schema')`,
  )
  const needles = planted.flatMap((canary) => encodings(canary.value).map((text) => ({ text, canary })))
  const found: { place: string; canary: Canary }[] = []
  for (const { schema, table, column } of columns) {
    const { rows } = await pool.query<{ text: string | null }>(
      `select string_agg(t."${column}"::text, ' ') as text from "${schema}"."${table}" t`,
    )
    const text = rows[0]?.text ?? ''
    for (const { text: needle, canary } of needles)
      if (text.includes(needle))
        found.push({ place: `${schema === 'public' ? '' : `${schema}.`}${table}.${column}`, canary })
  }
  return found
}

/** Names that operators give plans; they are no secrets, and stand in events about the plan. */
const NAMES_OF_PLANS =
  /^(plans\.name|events\.subject|audit_log\.resource_id): PUT \/api\/v1\/admin\/plans\/:name path name$/

const isPersonal = (place: string): boolean => {
  const [table = '', column = ''] = place.split('.')
  return DATA_MAP[table]?.personal?.split(' ').includes(column) ?? false
}

const leaked = (text: string): string[] =>
  planted.filter(({ value }) => encodings(value).some((one) => text.includes(one))).map(({ where }) => where)

describe('canaries', () => {
  beforeAll(async () => {
    for (const operation of await allOperations()) await attack(operation)
    await live()
    await atTheGateway()
  }, 300_000)

  it('are in every input, and some are taken', async () => {
    expect(planted.length).toBeGreaterThan(1_000)
    expect(lines.length).toBeGreaterThan(1_000)
    expect(told.length).toBeGreaterThan(500)
    const names = (await placesInDatabase()).map(({ place }) => place)
    for (const place of ['users.name', 'users.email', 'organizations.name', 'files.original_name'])
      expect(names).toContain(place)
  })

  it('are in no line of the log', () => expect(leaked(lines.join('\n'))).toEqual([]))

  it('are in no error that anybody was told', () => {
    expect(told.flatMap(({ where, body }) => leaked(body).map((canary) => `${where}: ${canary}`))).toEqual([])
  })

  it('are in no figure', async () => {
    const figures = await (await fetch(platform.metricsUrl)).text()
    expect(figures.length).toBeGreaterThan(100)
    expect(leaked(figures)).toEqual([])
  })

  it('of a private file are in no file of the data folder, where those of a public one are', async () => {
    const found = leaked(await inFiles())
    expect(found).toContain('the bytes of a file')
    expect(found.filter((where) => where !== 'the bytes of a file')).toEqual([])
  })

  it('are in the database only where the data map says that it is personal, and secrets nowhere', async () => {
    const wrong = (await placesInDatabase()).filter(({ place, canary }) => canary.secret || !isPersonal(place))
    const shown = wrong.map(({ place, canary }) => `${place}: ${canary.where}`)
    expect(shown.filter((one) => !NAMES_OF_PLANS.test(one))).toEqual([])
  })
})
