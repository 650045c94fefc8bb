import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
let user: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  user = await api.addUser(operator)
})
afterAll(() => api.stop())

const strange = (): string => `f01551220${randomBytes(32).toString('hex')}`
const pin = (cid: string, replication?: object, as = user) =>
  api.call('POST', `/api/v1/pins/${cid}`, { as: as.headers, body: replication === undefined ? {} : { replication } })
const change = (hash: string, replication: object, as = user) =>
  api.call('PATCH', `/api/v1/pins/${hash}`, { as: as.headers, body: { replication } })
const policyOf = async (hash: string, as = user) =>
  (await api.call('GET', `/api/v1/pins/${hash}/status`, { as: as.headers })).json().pins[0].replication
const upload = async (fields: string[] = []) => {
  const headers = { ...user.headers, ...FORM_HEADERS }
  const query = fields.length === 0 ? '' : `?${fields.join('&')}`
  const payload = formBody([filePart(randomBytes(100))])
  const reply = await api.app.inject({ method: 'POST', url: `/api/v1/files/upload${query}`, headers, payload })
  return reply.json().file as { cid: string; pinId?: string }
}
const onPlan = async (replicationMax: number | null): Promise<TestUser> => {
  const tenant = await api.addUser(operator)
  const name = `copies-${replicationMax ?? 'any'}`
  await api.call('PUT', `/api/v1/admin/plans/${name}`, { as: operator.headers, body: { replicationMax } })
  const path = `/api/v1/admin/organizations/${tenant.organizationId}/plan`
  const reply = await api.call('PUT', path, { as: operator.headers, body: { plan: name } })
  if (reply.statusCode !== 200) throw new Error(reply.body)
  return tenant
}
const setDefault = (defaultReplication: object | null, as: TestUser) =>
  api.call('PATCH', `/api/v1/organizations/${as.organizationId}`, { as: as.headers, body: { defaultReplication } })

describe('the policy of a pin', () => {
  it('is what it asks for, and is told with what is confirmed of it', async () => {
    const cid = strange()
    expect((await pin(cid, { min: 2, max: 3, zones: ['b', 'a'] })).statusCode).toBe(202)
    expect(await policyOf(cid)).toEqual({
      min: 2,
      max: 3,
      zones: ['a', 'b'],
      confirmed: 0,
      shortage: '0 of 3 copies: zone a has no copy yet, zone b has no copy yet',
    })
    await change(cid, { min: 2, max: 3, zones: [] })
    expect(await policyOf(cid)).toMatchObject({ shortage: '0 of 3 copies are confirmed' })
    const plain = strange()
    await pin(plain)
    expect(await policyOf(plain)).toMatchObject({ min: 1, max: 1, zones: [] })
  })

  it('is told to lack what copies lack now, whatever the last look for a place said', async () => {
    const { cid } = await upload()
    await api.db.kysely.updateTable('nodes').set({ zone: 'earth' }).where('name', '=', 'embedded').execute()
    const toldOf = async (zones: string[]) => {
      await change(cid, { max: 1, zones })
      await api.db.kysely
        .updateTable('contents')
        .set({ shortage: 'no node in zone earth can take a copy\nno other node is up and has room' })
        .where('cid', '=', cid)
        .execute()
      return (await policyOf(cid)).shortage
    }
    expect(await toldOf([])).toBeNull()
    expect(await toldOf(['earth'])).toBeNull()
    expect(await toldOf(['mars'])).toBe('zone mars has no copy yet')
  })

  it('is never flattered: what asks for two copies is not pinned by one', async () => {
    const { cid } = await upload()
    expect((await pin(cid)).json()).toMatchObject({ status: 'pinned' })
    expect((await pin(cid, { min: 2 })).json()).toMatchObject({ status: 'pinning' })
  })

  it('is changed by CID and by requestid, also of files, and goes back to the default by {}', async () => {
    const { cid } = await upload()
    const { requestid } = (await pin(cid)).json()
    expect((await change(cid, { max: 4 })).json()).toEqual({ changed: 2 })
    expect((await change(requestid, { min: 3 })).json()).toEqual({ changed: 1 })
    expect(await policyOf(requestid)).toMatchObject({ min: 3, max: 3 })
    const { rows } = await api.db.pool.query(
      `select copies_min, copies_max from contents c where id = (select content_id from pins where id = $1)`,
      [requestid],
    )
    expect(rows).toEqual([{ copies_min: 3, copies_max: 4 }])
    expect((await change(cid, {})).json()).toEqual({ changed: 2 })
    expect(await policyOf(requestid)).toMatchObject({ min: 1, max: 1 })
    const { rows: told } = await api.db.pool.query(
      `select payload from events where kind = 'pin.replication-changed' and subject = $1 order by id`,
      [requestid],
    )
    expect(told).toMatchObject([{ payload: { max: 4 } }, { payload: { min: 3 } }, { payload: { max: 1 } }])
  })

  it('is nobody else’s to change', async () => {
    const { requestid } = (await pin(strange())).json()
    const other = await api.addUser(operator)
    expect((await change(requestid, { max: 2 }, other)).statusCode).toBe(404)
    expect(await policyOf(requestid)).toMatchObject({ max: 1 })
    expect((await change(strange(), { max: 2 })).statusCode).toBe(404)
  })

  it('is one copy for private files', async () => {
    const { rows } = await api.db.pool.query(
      `update organizations set replication_min = 2, replication_max = 3, replication_zones = '{}' where id = $1 returning id`,
      [user.organizationId],
    )
    expect(rows).toHaveLength(1)
    await upload(['visibility=private'])
    const { rows: pins } = await api.db.pool.query(
      `select p.id, replication_min, replication_max, copies_max from pins p join contents c on c.id = p.content_id
       where p.organization_id = $1 and p.is_private`,
      [user.organizationId],
    )
    expect(pins).toMatchObject([{ replication_min: 1, replication_max: 1, copies_max: 1 }])
    expect((await change(pins[0]?.id, { max: 2 })).json()).toMatchObject({ status: 422, code: 'not_in_private' })
    await setDefault(null, user)
  })

  it.each([
    { min: 0 },
    { min: 101 },
    { max: 1.5 },
    { min: 3, max: 2 },
    { max: 1, zones: ['a', 'b'] },
    { zones: [''] },
    { zones: ['a\nb'] },
    { zones: Array.from({ length: 11 }, (_, n) => `z${n}`) },
    { copies: 2 },
  ])('is refused where it makes no sense: %j', async (replication) => {
    expect((await pin(strange(), replication)).statusCode).toBe(400)
    expect((await change(strange(), replication)).statusCode).toBe(400)
  })
})

describe('the default of an organization', () => {
  it('holds for its pins and uploads from then on, and is told; null is the platform’s', async () => {
    const owner = await api.addUser(operator)
    const early = strange()
    await pin(early, undefined, owner)
    const policy = { min: 1, max: 2, zones: ['a'] }
    expect((await setDefault(policy, owner)).json()).toMatchObject({ defaultReplication: policy })
    const [late, own] = [strange(), strange()]
    await pin(late, undefined, owner)
    await pin(own, { max: 3, zones: [] }, owner)
    await api.call('POST', '/psa/pins', { as: owner.headers, body: { cid: strange() } })
    const { rows } = await api.db.pool.query(
      'select replication_min as min, replication_max as max, zones from pins where organization_id = $1 order by created_at',
      [owner.organizationId],
    )
    expect(rows).toEqual([{ min: 1, max: 1, zones: [] }, policy, { min: 1, max: 3, zones: [] }, policy])
    expect((await setDefault(null, owner)).json()).toMatchObject({ defaultReplication: null })
    const path = `/api/v1/organizations/${owner.organizationId}`
    expect((await api.call('GET', path, { as: owner.headers })).json()).toMatchObject({ defaultReplication: null })
    const { rows: told } = await api.db.pool.query(
      `select payload from events where kind = 'organization.default-replication-changed' and subject = $1 order by id`,
      [owner.organizationId],
    )
    expect(told).toEqual([{ payload: { defaultReplication: policy } }, { payload: { defaultReplication: null } }])
  })

  it('is within the plan, as every wish is', async () => {
    const tenant = await onPlan(2)
    const refused = { status: 403, code: 'quota_exceeded' }
    expect((await setDefault({ min: 1, max: 3, zones: [] }, tenant)).json()).toMatchObject(refused)
    expect((await setDefault({ min: 1, max: 2, zones: [] }, tenant)).statusCode).toBe(200)
    const cid = strange()
    expect((await pin(cid, { max: 3 }, tenant)).json()).toMatchObject(refused)
    expect((await pin(cid, { max: 2 }, tenant)).statusCode).toBe(202)
    expect((await change(cid, { min: 3 }, tenant)).json()).toMatchObject(refused)
    expect(await policyOf(cid, tenant)).toMatchObject({ min: 1, max: 2 })
  })

  it.each([
    { min: 2, max: 1, zones: [] },
    { min: 1, max: 1, zones: ['a', 'b'] },
    { min: 1 },
    { min: 1, max: 1, zones: [], copies: 2 },
  ])('is refused where it makes no sense: %j', async (policy) => {
    expect((await setDefault(policy, user)).statusCode).toBe(400)
  })
})
