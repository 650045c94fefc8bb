import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ORGANIZATION_ROLES, type OrganizationRole } from '../../authorization/actor.ts'
import { POLICY_WAIT } from '../../testing/policy-wait.ts'
import { buildSecondApi, buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import { addMember } from './add-member.ts'

let api: TestApi
let second: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
  second = await buildSecondApi(api)
})
afterAll(async () => {
  await second.app.close()
  await api.stop()
})

type Headers = Record<string, string>

/** Another member of the owner's organization; headers as which they act in it. */
const join = async (owner: TestUser, role: OrganizationRole): Promise<{ user: TestUser; as: Headers }> => {
  const user = await api.addUser(operator)
  const { organizationId } = owner
  await api.db.unitOfWork.run((uow) => addMember(uow, { organizationId, userId: user.id, role, actorId: owner.id }))
  await vi.waitFor(async () =>
    expect((await me(api, { ...user.headers, 'holdfast-org': organizationId })).role).toBe(role),
  )
  return { user, as: { ...user.headers, 'holdfast-org': organizationId } }
}
const me = async (at: TestApi, as: Headers) => (await at.call('GET', '/api/v1/auth/me', { as })).json()
const path = (owner: TestUser, userId?: string): string =>
  `/api/v1/organizations/${owner.organizationId}/members${userId === undefined ? '' : `/${userId}`}`
const setRole = (owner: TestUser, userId: string, role: string, as: Headers = owner.headers) =>
  api.call('PATCH', path(owner, userId), { body: { role }, as })
const remove = (owner: TestUser, userId: string, as: Headers = owner.headers) =>
  api.call('DELETE', path(owner, userId), { as })
const ownersOf = async (owner: TestUser): Promise<number> => {
  const { rows } = await api.db.pool.query(
    `select count(*)::int as n from members where organization_id = $1 and role = 'owner'`,
    [owner.organizationId],
  )
  return rows[0].n
}

describe('roles', () => {
  it('hold on the next request, and soon in another process', async () => {
    const owner = await api.addUser(operator)
    const { user, as } = await join(owner, 'admin')
    const list = (at: TestApi) => at.call('GET', path(owner), { as })
    expect((await list(api)).statusCode).toBe(200)
    expect((await list(second)).statusCode).toBe(200)
    expect((await setRole(owner, user.id, 'billing')).statusCode).toBe(204)
    expect((await list(api)).json()).toMatchObject({ status: 403, code: 'forbidden' })
    await vi.waitFor(async () => expect((await list(second)).statusCode).toBe(403), POLICY_WAIT)
  })

  it('bind the keys of a member too', async () => {
    const owner = await api.addUser(operator)
    const { user, as } = await join(owner, 'admin')
    const body = { name: 'k', scopes: ['organization:*'] }
    const key = (await api.call('POST', '/api/v1/api-keys', { body, as })).json().key
    const rename = () =>
      api.call('PATCH', `/api/v1/organizations/${owner.organizationId}`, {
        body: { name: 'renamed' },
        as: { authorization: `Bearer ${key}` },
      })
    expect((await rename()).json()).toMatchObject({ name: 'renamed' })
    await setRole(owner, user.id, 'viewer')
    expect((await rename()).json()).toMatchObject({ status: 403, code: 'forbidden' })
  })

  it('of owners are for owners alone', async () => {
    const owner = await api.addUser(operator)
    const { user, as } = await join(owner, 'admin')
    expect((await setRole(owner, user.id, 'owner', as)).json()).toMatchObject({ code: 'forbidden' })
    expect((await setRole(owner, owner.id, 'viewer', as)).json()).toMatchObject({ code: 'forbidden' })
    expect((await remove(owner, owner.id, as)).json()).toMatchObject({ code: 'forbidden' })
    expect((await setRole(owner, user.id, 'owner')).statusCode).toBe(204)
    expect((await setRole(owner, owner.id, 'viewer', as)).statusCode).toBe(204)
  })
})

describe('the last owner', () => {
  it('can neither leave nor be demoted or removed', async () => {
    const owner = await api.addUser(operator)
    for (const reply of [
      await api.call('DELETE', `/api/v1/organizations/${owner.organizationId}/membership`, { as: owner.headers }),
      await remove(owner, owner.id),
      await setRole(owner, owner.id, 'admin'),
    ])
      expect(reply.json()).toMatchObject({ status: 409, code: 'last_owner' })
  })

  it('stays, whatever owners do to each other at once', { timeout: 60_000 }, async () => {
    const owner = await api.addUser(operator)
    const { user } = await join(owner, 'owner')
    const people = [owner, user]
    const act = fc.record({ by: fc.nat(1), to: fc.nat(1), what: fc.constantFrom('leave', ...ORGANIZATION_ROLES) })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(act, { minLength: 2, maxLength: 4 }), { maxLength: 3 }), async (rounds) => {
        for (const round of rounds)
          await Promise.all(
            round.map(({ by, to, what }) => {
              const as = people[by]?.headers ?? {}
              const target = people[to]?.id ?? ''
              return what === 'leave' ? remove(owner, target, as) : setRole(owner, target, what, as)
            }),
          )
        expect(await ownersOf(owner)).toBeGreaterThan(0)
        await api.db.pool.query(`delete from members where organization_id = $1`, [owner.organizationId])
        for (const { id } of people)
          await api.db.unitOfWork.run((uow) =>
            addMember(uow, { organizationId: owner.organizationId, userId: id, role: 'owner', actorId: id }),
          )
      }),
      { numRuns: 15 },
    )
  })
})

describe('a member who was removed', () => {
  it('finds the organization no more, and joining again revives no key', async () => {
    const owner = await api.addUser(operator)
    const { user, as } = await join(owner, 'developer')
    const key = (await api.call('POST', '/api/v1/api-keys', { body: { name: 'k' }, as })).json().key
    const byKey = { authorization: `Bearer ${key}` }
    expect((await me(api, byKey)).credential).toBe('api-key')
    expect((await remove(owner, user.id)).statusCode).toBe(204)
    expect(await me(api, as)).toMatchObject({ status: 404, code: 'not_found' })
    expect(await me(api, byKey)).toMatchObject({ status: 401 })
    const { organizationId } = owner
    await api.db.unitOfWork.run((uow) =>
      addMember(uow, { organizationId, userId: user.id, role: 'developer', actorId: owner.id }),
    )
    expect(await me(api, byKey)).toMatchObject({ status: 401 })
  })

  it('of their only organization still knows who they are', async () => {
    const user = await api.addUser(operator)
    await api.db.kysely.deleteFrom('members').where('user_id', '=', user.id).execute()
    const reply = await api.call('GET', '/api/v1/auth/me', { as: user.headers })
    expect(reply.json()).toMatchObject({ organizationId: null, role: 'unknown', organizations: [] })
    expect((await api.call('GET', '/api/v1/usage', { as: user.headers })).statusCode).toBeLessThan(500)
    const key = await api.call('POST', '/api/v1/api-keys', { body: { name: 'x' }, as: user.headers })
    expect(key.json()).toMatchObject({ code: 'forbidden' })
  })
})

it('lists the organizations of the caller, and their members in pages', async () => {
  const owner = await api.addUser(operator)
  const { user, as } = await join(owner, 'viewer')
  const listed = (await api.call('GET', '/api/v1/organizations', { as })).json().organizations
  expect(listed).toMatchObject([
    { id: user.organizationId, role: 'owner' },
    { id: owner.organizationId, role: 'viewer' },
  ])
  const first = (await api.call('GET', `${path(owner)}?limit=1`, { as })).json()
  expect(first.members).toMatchObject([{ userId: owner.id, role: 'owner', email: owner.email }])
  const rest = (await api.call('GET', `${path(owner)}?limit=1&cursor=${first.nextCursor}`, { as })).json()
  expect(rest).toMatchObject({ members: [{ userId: user.id, role: 'viewer' }], nextCursor: null })
})
