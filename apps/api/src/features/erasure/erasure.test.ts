import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuditSealer } from '@packages/db/audit/audit-sealer'
import { auditSigningKey, SignedHeads } from '@packages/db/audit/signed-heads'
import { verifyAuditLog } from '@packages/db/audit/verify-audit-log'
import { dumpTables, tablesWith } from '@packages/db/test-database/dump-tables'
import { parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestUser } from '../../testing/test-api.ts'
import { startTestErasures, type TestErasures } from '../../testing/test-erasures.ts'

let api: TestErasures
let operator: TestUser
beforeAll(async () => {
  api = await startTestErasures({ backupRetentionMs: 30 * 86_400_000 })
  operator = await api.setUp()
})
afterAll(() => api.stop())

const slugOf = async (organizationId: string): Promise<string> => {
  const { slug } = await api.db.kysely
    .selectFrom('organizations')
    .where('id', '=', organizationId)
    .select('slug')
    .executeTakeFirstOrThrow()
  return slug
}

const ofOrganization = async (user: TestUser, change: object = {}) => ({
  body: { password: user.password, confirm: await slugOf(user.organizationId), ...change },
  as: user.headers,
})

const held = async (cid: string): Promise<boolean> =>
  (await api.content.store.reader('public').get(parseCid(cid))) !== undefined

const join2 = async (member: TestUser, organization: TestUser, role = 'developer'): Promise<void> => {
  const row = { id: randomUUIDv7(), organization_id: organization.organizationId, user_id: member.id, role }
  await api.db.kysely.insertInto('members').values(row).execute()
}

test('an organization goes with its names, bytes and keys; what another has pinned stays', async () => {
  const [owner, other] = [await api.addUser(operator), await api.addUser(operator)]
  const [own, shared] = [`own ${randomUUID()}`.padEnd(3_000, '.'), `shared ${randomUUID()}`.padEnd(3_000, '.')]
  const name = `secret-plan-${randomUUID()}.txt`
  const ownCid = await api.upload(owner, own, name, { 'idempotency-key': randomUUID() })
  const sharedCid = await api.upload(owner, shared, `${name}.2`)
  await api.upload(other, shared, 'kept.txt')
  const deletedBefore = `before ${randomUUID()}`.padEnd(3_000, '.')
  const deletedCid = await api.upload(owner, deletedBefore, `${name}.3`)
  await api.call('DELETE', `/api/v1/files/${deletedCid}`, { as: owner.headers })
  const key = await api.addApiKey(owner)
  await api.call('POST', '/api/v1/invitations', {
    body: { email: `guest-${name}@example.org`, role: 'viewer' },
    as: owner.headers,
  })
  const slug = await slugOf(owner.organizationId)
  const reply = await api.call(
    'POST',
    `/api/v1/organizations/${owner.organizationId}/erasure`,
    await ofOrganization(owner),
  )
  expect([reply.statusCode, reply.body]).toEqual([202, expect.stringContaining('hfer_')])
  // At once, before any job has run.
  expect((await api.call('GET', '/api/v1/files', { as: key.headers })).statusCode).toBe(403)
  expect(await api.receipt(reply.json().receiptToken)).toMatchObject({ state: 'running', finishedAt: null })

  await api.worker.run()
  const receipt = await api.receipt(reply.json().receiptToken)
  expect(receipt).toMatchObject({
    kind: 'organization',
    requestedBy: 'owner',
    state: 'done',
    erased: { organizations: 1, members: 1, pins: 2, files: 2, api_keys: 1, invitations: 1, idempotency_keys: 1 },
  })
  expect(receipt.erased['contents released']).toBe(1)
  expect(receipt.erased['contents kept by others']).toBe(1)
  expect(receipt.backups.keptUntil).toBe(new Date(Date.parse(receipt.finishedAt) + 30 * 86_400_000).toISOString())
  expect(receipt.elsewhere).toMatch(/cannot be recalled/)
  expect([await held(ownCid), await held(sharedCid)]).toEqual([false, true])
  const dump = await dumpTables(api.db)
  expect(tablesWith(dump, [name, slug, ownCid, deletedCid])).toEqual([])
  // The audit log may not be changed; it has the id of an organization whose row is gone.
  expect(tablesWith(dump, [owner.organizationId]).filter((table) => table !== 'public.audit_log')).toEqual([
    'public.policy_log',
  ])
  const bytes = await api.segmentBytes()
  expect([bytes.includes(own), bytes.includes(deletedBefore), bytes.includes(shared)]).toEqual([false, false, true])
  expect((await api.call('GET', '/api/v1/files', { as: other.headers })).json().files).toHaveLength(1)
  // The owner keeps the account.
  expect((await api.call('GET', '/api/v1/auth/me', { as: owner.headers })).statusCode).toBe(200)
})

test('only an owner who proves the password and names it begins one; nothing has happened otherwise', async () => {
  const [owner, admin, stranger] = [
    await api.addUser(operator),
    await api.addUser(operator),
    await api.addUser(operator),
  ]
  await join2(admin, owner, 'admin')
  const path = `/api/v1/organizations/${owner.organizationId}/erasure`
  const right = await ofOrganization(owner)
  const key = await api.addApiKey(owner)
  const refusals = [
    [await api.call('POST', path, await ofOrganization(owner, { password: 'not this one' })), 401],
    [await api.call('POST', path, await ofOrganization(owner, { confirm: 'something' })), 400],
    [await api.call('POST', path, { ...right, as: admin.headers }), 403],
    [await api.call('POST', path, { ...right, as: stranger.headers }), 404],
    [await api.call('POST', path, { ...right, as: key.headers }), 403],
    [await api.call('POST', path, { body: right.body }), 401],
    [await api.call('POST', `/api/v1/admin/organizations/${owner.organizationId}/erasure`, right), 403],
  ] as const
  for (const [reply, status] of refusals) expect([reply.statusCode, reply.body.length > 0]).toEqual([status, true])
  expect((await api.call('GET', '/api/v1/files', { as: key.headers })).statusCode).toBe(200)
  expect(await api.db.kysely.selectFrom('erasures').where('finished_at', 'is', null).selectAll().execute()).toEqual([])
})

test('gateways of an organization that is being erased are told to end with the answer, and no other ones', async () => {
  const [owner, other] = [await api.addUser(operator), await api.addUser(operator)]
  const open = async (user: TestUser): Promise<string> => {
    const name = `gw-${randomUUID().slice(0, 8)}`
    const reply = await api.call('POST', '/api/v1/gateways', { as: user.headers, body: { name } })
    expect(reply.statusCode).toBe(201)
    return name
  }
  const [gone, second, kept] = [await open(owner), await open(owner), await open(other)]
  const path = `/api/v1/organizations/${owner.organizationId}/erasure`
  expect((await api.call('POST', path, await ofOrganization(owner))).statusCode).toBe(202)
  const told = await api.db.kysely
    .selectFrom('policy_log')
    .where('kind', '=', 'gateway.changed')
    .orderBy('id')
    .select('payload')
    .execute()
  const entries = told.map(({ payload }) => payload as { name: string; gateway: unknown })
  const last = new Map(entries.map(({ name, gateway }) => [name, gateway]))
  expect([last.get(gone), last.get(second)]).toEqual([null, null])
  expect(last.get(kept)).toMatchObject({ tokenRequired: true })
  await api.worker.run()
})

test('a second erasure of the same is refused, and no token but the right one reads a receipt', async () => {
  const owner = await api.addUser(operator)
  const path = `/api/v1/organizations/${owner.organizationId}/erasure`
  const call = await ofOrganization(owner)
  expect((await api.call('POST', path, call)).statusCode).toBe(202)
  expect((await api.call('POST', path, call)).json().code).toBe('conflict')
  await api.worker.run()
  for (const token of ['hfer_x', `hfer_${'A'.repeat(43)}`])
    expect((await api.call('POST', '/api/v1/erasures/receipt', { body: { token } })).statusCode).toBe(404)
})

test('a user goes: address, mails, sessions and pseudonym; what they did for others stays, without them', async () => {
  const [user, boss] = [await api.addUser(operator), await api.addUser(operator)]
  await join2(user, boss)
  const bytes = `joint work ${randomUUID()}`
  await api.upload({ ...user, headers: { ...user.headers, 'holdfast-org': boss.organizationId } }, bytes, 'joint.txt')
  await api.call('POST', '/api/v1/auth/password/forgot', { body: { email: user.email } })
  await api.call('POST', '/api/v1/auth/email', {
    body: { email: `new-${user.email}`, password: user.password },
    as: user.headers,
  })
  await api.call('POST', '/api/v1/invitations', {
    body: { email: user.email.toUpperCase(), role: 'viewer' },
    as: { ...operator.headers, 'idempotency-key': randomUUID() },
  })
  // Of others, about the one who goes.
  await api.db.kysely
    .insertInto('idempotency_keys')
    .values({
      scope: boss.organizationId,
      route: 'POST /x',
      key: randomUUID(),
      fingerprint: Buffer.alloc(32),
      status: 201,
      body: JSON.stringify({ members: [{ email: user.email }] }),
      subject: null,
    })
    .execute()
  await api.db.kysely
    .insertInto('verifications')
    .values({ id: randomUUIDv7(), identifier: `sign-in-${user.email}`, value: 'x', expires_at: new Date() })
    .execute()
  const { rows: audit } = await api.db.pool.query('select pseudonym from audit_actors where user_id = $1', [user.id])
  expect(tablesWith(await dumpTables(api.db), [user.email])).toEqual(
    expect.arrayContaining([
      'public.users',
      'public.email_tokens',
      'public.invitations',
      'public.idempotency_keys',
      'public.verifications',
    ]),
  )
  const reply = await api.call('POST', '/api/v1/account/erasure', {
    body: { password: user.password, confirm: user.email },
    as: user.headers,
  })
  expect(reply.statusCode).toBe(202)
  expect((await api.call('GET', '/api/v1/auth/me', { as: user.headers })).statusCode).toBe(401)
  await api.worker.run()

  const dump = await dumpTables(api.db)
  expect(tablesWith(dump, [user.email])).toEqual([])
  // An id that nothing tells anything of: in the append-only log, and for a day in that of ended credentials.
  expect(tablesWith(dump, [user.id]).filter((table) => !/audit_log|policy_log/.test(table))).toEqual([])
  expect(tablesWith(dump, [audit[0].pseudonym])).toEqual(['public.audit_log'])
  const mails = await api.db.pool.query(`select data from jobs.job where name = 'send-mail'`)
  expect(mails.rows.filter(({ data }) => JSON.stringify(api.openMail(data)).includes(user.email))).toEqual([])
  expect(await api.receipt(reply.json().receiptToken)).toMatchObject({
    kind: 'user',
    requestedBy: 'self',
    state: 'done',
    erased: { users: 1, organizations: 1, accounts: 1, audit_actors: 1, invitations: 1 },
  })
  const { files } = (await api.call('GET', '/api/v1/files', { as: boss.headers })).json()
  expect(files).toMatchObject([{ name: 'joint.txt' }])
  expect((await api.segmentBytes()).includes(bytes)).toBe(true)
  const login = { body: { email: user.email, password: user.password } }
  expect((await api.call('POST', '/api/v1/auth/login', login)).statusCode).toBe(401)
})

test('the audit log stays whole when those whom it is about are gone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hf-heads-'))
  try {
    const heads = await SignedHeads.open(join(directory, 'heads'), auditSigningKey(api.masterKey))
    const sealer = new AuditSealer({ kysely: api.db.kysely, heads })
    const user = await api.addUser(operator)
    await sealer.seal()
    await api.call('POST', '/api/v1/account/erasure', {
      body: { password: user.password, confirm: user.email },
      as: user.headers,
    })
    await api.worker.run()
    // Sealing waits for every open transaction on the server, those of other tests too.
    const look = async () => {
      await sealer.seal()
      return await verifyAuditLog(api.db.kysely, heads)
    }
    await expect.poll(look, { timeout: 15_000 }).toMatchObject({ unsealed: 0, problem: null })
    const report = await look()
    expect(report.rows).toBeGreaterThan(5)
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('who is the only owner among others hands over first, and the platform keeps an operator', async () => {
  const [owner, member] = [await api.addUser(operator), await api.addUser(operator)]
  await join2(member, owner)
  const erase = (user: TestUser) =>
    api.call('POST', '/api/v1/account/erasure', {
      body: { password: user.password, confirm: user.email },
      as: user.headers,
    })
  expect((await erase(owner)).json()).toMatchObject({ status: 409, code: 'last_owner' })
  expect((await erase(operator)).json()).toMatchObject({ status: 409, code: 'conflict' })
  await join2(await api.addUser(operator), owner, 'owner')
  expect((await erase(owner)).statusCode).toBe(202)
  await api.worker.run()
  // The organization is there, for the others.
  expect(
    (
      await api.call('GET', `/api/v1/organizations/${owner.organizationId}/members`, {
        as: { ...member.headers, 'holdfast-org': owner.organizationId },
      })
    ).json().members,
  ).toHaveLength(2)
})

test('an operator erases a tenant and a user, also one that is suspended', async () => {
  const user = await api.addUser(operator)
  const state = `/api/v1/admin/organizations/${user.organizationId}`
  await api.call('PUT', `${state}/state`, { body: { state: 'suspended', reason: 'Abuse.' }, as: operator.headers })
  const body = { password: operator.password, confirm: await slugOf(user.organizationId) }
  const tenant = await api.call('POST', `${state}/erasure`, { body, as: operator.headers })
  expect(tenant.statusCode).toBe(202)
  await api.worker.run()
  const path = `/api/v1/admin/users/${user.id}/erasure`
  const confirm = { password: operator.password, confirm: user.email }
  const reply = await api.call('POST', path, { body: confirm, as: operator.headers })
  expect(reply.statusCode).toBe(202)
  await api.worker.run()
  expect(await api.receipt(reply.json().receiptToken)).toMatchObject({ requestedBy: 'operator', state: 'done' })
  expect((await api.call('POST', path, { body: confirm, as: operator.headers })).statusCode).toBe(404)
})

test('the receipt waits until the store has given the bytes back', async () => {
  const owner = await api.addUser(operator)
  await api.upload(owner, randomUUID(), 'a.txt')
  const { store } = api.content
  const release = store.release.bind(store)
  store.release = () => Promise.reject(new Error('the disk is busy'))
  const path = `/api/v1/organizations/${owner.organizationId}/erasure`
  const { receiptToken } = (await api.call('POST', path, await ofOrganization(owner))).json()
  try {
    await api.worker.run()
    expect(await api.receipt(receiptToken)).toMatchObject({ state: 'running' })
  } finally {
    store.release = release
  }
  await api.worker.run()
  expect(await api.receipt(receiptToken)).toMatchObject({ state: 'done' })
})

test('the receipt waits until nodes have collected what was released there, and not for what is released later', async () => {
  const owner = await api.addUser(operator)
  await api.upload(owner, randomUUID(), 'a.txt')
  const id = randomUUIDv7()
  const node = { id, name: 'a', kind: 'kubo', state: 'up', released_since: new Date() } as const
  await api.db.kysely.insertInto('nodes').values(node).execute()
  const path = `/api/v1/organizations/${owner.organizationId}/erasure`
  const { receiptToken } = (await api.call('POST', path, await ofOrganization(owner))).json()
  const becomes = async (state: string, releasedSince: string | null): Promise<void> => {
    await api.db.pool.query(`update nodes set released_since = clock_timestamp() + $2::interval where id = $1`, [
      id,
      releasedSince,
    ])
    await api.worker.run()
    expect(await api.receipt(receiptToken)).toMatchObject({ state })
  }
  await becomes('running', '-1 second')
  // A clock that was ahead.
  await becomes('running', '1 day')
  await becomes('running', '-1 second')
  // Collected, and something else was released since.
  await becomes('done', '0 seconds')
  await api.db.kysely.deleteFrom('nodes').where('id', '=', id).execute()
})
