import { randomUUID } from 'node:crypto'
import { carV1, rawBlock } from '@packages/content/car/test-cars'
import { moveMembers } from '@packages/db/groups/move-members'
import { settleGroups } from '@packages/db/groups/settle-groups'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { filePart, FORM_HEADERS, formBody } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'
import { MAX_GROUPS } from './create-group.ts'

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const OTHER_CID = rawBlock('another').cid.toString()

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
let owner: TestUser
let stranger: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  ;[owner, stranger] = await Promise.all([api.addUser(operator), api.addUser(operator)])
})
afterAll(() => api.stop())
/** Of an organization that has nothing yet. */
const beNew = async (): Promise<void> => {
  owner = await api.addUser(operator)
}

const call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object, as = owner) =>
  api.call(method, `/api/v1${path}`, { as: as.headers, ...(body === undefined ? {} : { body }) })
const create = (body: object, as = owner) => call('POST', '/groups', body, as)
const make = async (body: object = {}): Promise<string> => (await create({ name: randomUUID(), ...body })).json().id
const pin = async (body: object = {}): Promise<string> => (await call('POST', `/pins/${CID}`, body)).json().requestid
const upload = async (query = '', as = owner) => {
  const headers = { ...as.headers, ...FORM_HEADERS }
  const payload = formBody([filePart(randomUUID())])
  return api.app.inject({ method: 'POST', url: `/api/v1/files/upload${query}`, headers, payload })
}
const sendCar = (group: string, as = owner) => {
  const root = rawBlock(randomUUID())
  const headers = { ...as.headers, 'content-type': 'application/vnd.ipld.car' }
  const payload = Buffer.from(carV1([root.cid], [root]))
  return api.app.inject({ method: 'POST', url: `/api/v1/files/car?group=${group}`, headers, payload })
}
/** Resumable; with all of its bytes, when there are some. */
const sendTus = (group: string, as = owner, bytes: string = randomUUID()) => {
  const headers = {
    ...as.headers,
    'upload-length': '36',
    'upload-metadata': `group ${Buffer.from(group).toString('base64')}`,
    ...(bytes === '' ? {} : { 'content-type': 'application/offset+octet-stream' }),
  }
  return api.app.inject({ method: 'POST', url: '/api/v1/uploads', headers, payload: bytes })
}
const beginFolder = (group: string, as = owner) =>
  call(
    'POST',
    '/uploads/folders',
    {
      name: 'f',
      entries: [
        { path: 'a', size: 0 },
        { path: randomUUID(), size: 0 },
      ],
      group,
    },
    as,
  )
const complete = (folder: string) => call('POST', `/uploads/folders/${folder}/complete`)
const policyOf = async (requestid: string) => {
  const { replication } = (await call('GET', `/pins/${requestid}/status`)).json().pins[0]
  return [replication.min, replication.max]
}
const replace = async (requestid: string, cid: string): Promise<string> => {
  const reply = await api.call('POST', `/psa/pins/${requestid}`, { as: owner.headers, body: { cid } })
  return reply.json().requestid
}
const groupOf = async (requestid: string) => (await call('GET', `/pins/${requestid}/status`)).json().pins[0].group
/** Moves members into a group, and before that is committed begins what waits for it. @returns what came of that */
const whileMoving = async <T>(
  members: { groupId: string; pinIds?: string[]; fileIds?: string[] },
  begin: () => Promise<T>,
): Promise<T> => {
  const [moved, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { organizationId } = owner
  const mover = api.db.unitOfWork.run(async (uow) => {
    const asked = { way: 'in' as const, pinIds: [], fileIds: [], ...members }
    await moveMembers(uow, { organizationId, actorId: null, ...asked })
    moved.resolve()
    await mayEnd.promise
  })
  await Promise.race([moved.promise, mover])
  const begun = Promise.resolve(begin())
  const isWaiting = async () => {
    const { rows } = await api.db.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    expect(rows).not.toEqual([])
  }
  await vi.waitFor(isWaiting, { timeout: 10_000 }).finally(mayEnd.resolve)
  await mover
  return begun
}
const settle = async (): Promise<void> => {
  while ((await settleGroups(api)) > 0);
}

describe('groups', () => {
  it('are made, read, listed the newest first, renamed and deleted', async () => {
    const first = await create({ name: '  Photos  ' })
    expect([first.statusCode, first.json()]).toMatchObject([201, { name: 'Photos', replication: null, settled: true }])
    const { id } = first.json()
    const second = await make({ replication: { min: 2, max: 3, zones: [] } })
    expect((await call('GET', `/groups/${second}`)).json()).toMatchObject({
      replication: { min: 2, max: 3, zones: [] },
    })
    const page = (await call('GET', '/groups?limit=1')).json()
    expect(page.groups.map((group: { id: string }) => group.id)).toEqual([second])
    const next = (await call('GET', `/groups?limit=1&cursor=${page.nextCursor}`)).json()
    expect([next.groups[0].id, next.nextCursor]).toEqual([id, null])
    expect((await call('PATCH', `/groups/${id}`, { name: 'Pictures' })).json()).toMatchObject({ name: 'Pictures' })
    expect((await call('DELETE', `/groups/${id}`)).statusCode).toBe(204)
    for (const [method, body] of [['GET'], ['PATCH', { name: 'x' }], ['DELETE']] as const)
      expect((await call(method, `/groups/${id}`, body)).statusCode).toBe(404)
    const kinds = await api.db.kysely
      .selectFrom('events')
      .select('kind')
      .where('organization_id', '=', owner.organizationId)
      .where('kind', 'like', 'group.%')
      .orderBy('id')
      .execute()
    expect(kinds.map(({ kind }) => kind)).toEqual(['group.created', 'group.created', 'group.changed', 'group.deleted'])
  })

  it('have names that are composed, and no two the same; one that was deleted is free', async () => {
    const made = await create({ name: 'Cafe\u0301' })
    expect(made.json().name).toBe('Caf\u00e9')
    expect([(await create({ name: 'Caf\u00e9' })).statusCode, (await create({ name: 'other' })).statusCode]).toEqual([
      409, 201,
    ])
    expect((await call('PATCH', `/groups/${made.json().id}`, { name: 'other' })).statusCode).toBe(409)
    expect((await create({ name: 'other' }, stranger)).statusCode).toBe(201)
    await call('DELETE', `/groups/${made.json().id}`)
    expect((await create({ name: 'Caf\u00e9' })).statusCode).toBe(201)
    for (const name of ['', '  ', 'a\nb', 'x'.repeat(101), '\ud800'])
      expect((await create({ name })).statusCode, JSON.stringify(name)).toBe(400)
    expect((await create({ name: '\u{1f600}'.repeat(100) })).statusCode).toBe(201)
  })

  it('are nobody else’s: there is none to be read, changed, filled or listed by', async () => {
    const [id, mine] = [await make(), await pin()]
    const theirs = (await call('POST', `/pins/${CID}`, {}, stranger)).json().requestid
    const { groups } = (await call('GET', '/groups', undefined, stranger)).json()
    expect(groups.map((group: { id: string }) => group.id)).not.toContain(id)
    for (const [method, path, body] of [
      ['GET', `/groups/${id}`],
      ['PATCH', `/groups/${id}`, { name: 'x' }],
      ['DELETE', `/groups/${id}`],
      ['POST', `/groups/${id}/add`, { pins: [theirs] }],
      ['POST', `/groups/${id}/remove`, { pins: [theirs] }],
      ['POST', `/pins/${CID}`, { group: id }],
      ['GET', `/pins?group=${id}`],
      ['GET', `/files?group=${id}`],
    ] as const)
      expect((await call(method, path, body, stranger)).statusCode, path).toBe(404)
    const makes = [
      upload(`?group=${id}`, stranger),
      sendCar(id, stranger),
      sendTus(id, stranger),
      beginFolder(id, stranger),
    ]
    for (const made of await Promise.all(makes)) expect(made.statusCode, made.body).toBe(404)
    const { file: their } = (await upload('', stranger)).json()
    for (const members of [{ pins: [mine, theirs] }, { files: [their.id] }])
      for (const way of ['add', 'remove'])
        expect((await call('POST', `/groups/${id}/${way}`, members)).statusCode).toBe(404)
    expect((await call('GET', `/pins?group=${id}`)).json().pins).toEqual([])
  })

  it('are a bounded number', async () => {
    await beNew()
    await api.db.pool.query(
      `insert into groups (id, organization_id, name) select gen_random_uuid(), $1, 'g' || n from generate_series(1, $2) n`,
      [owner.organizationId, MAX_GROUPS],
    )
    expect((await create({ name: 'one more' })).json()).toMatchObject({ code: 'quota_exceeded' })
  })

  it('are made once for an Idempotency-Key', async () => {
    const headers = { ...owner.headers, 'idempotency-key': randomUUID() }
    const body = { name: 'once' }
    const once = () => api.call('POST', '/api/v1/groups', { as: headers, body })
    expect((await once()).json().id).toBe((await once()).json().id)
  })
})

describe('members of a group', () => {
  beforeAll(beNew)

  it('are pins and files, which go in and out together, and lists can be asked for them', async () => {
    const [id, other] = [await make(), await make()]
    const { file, pin: pinOfFile } = (await upload()).json()
    const pins = [await pin(), await pin()]
    const add = (group: string, members: object) => call('POST', `/groups/${group}/add`, members)
    expect((await add(id, { pins, files: [file.id] })).json()).toEqual({ moved: 3 })
    expect((await add(id, { pins, files: [file.id] })).json()).toEqual({ moved: 0 })
    const listed = async (group: string) => {
      const some = (await call('GET', `/pins?group=${group}`)).json().pins
      const files = (await call('GET', `/files?group=${group}`)).json().files
      return [some.map((one: { requestid: string }) => one.requestid), files.map((one: { id: string }) => one.id)]
    }
    expect(await listed(id)).toEqual([[...pins, pinOfFile.requestid].sort().toReversed(), [file.id]])
    const page = (await call('GET', `/pins?group=${id}&limit=2`)).json()
    const rest = (await call('GET', `/pins?group=${id}&limit=2&cursor=${page.nextCursor}`)).json()
    expect([page.pins.length, rest.pins.length, rest.nextCursor]).toEqual([2, 1, null])
    expect(page.pins[0].group).toBe(id)
    // One group at a time.
    expect((await add(other, { pins: [pinOfFile.requestid] })).json()).toEqual({ moved: 1 })
    expect([(await listed(id))[1], (await listed(other))[1]]).toEqual([[], [file.id]])
    expect((await call('POST', `/groups/${id}/remove`, { pins, files: [file.id] })).json()).toEqual({ moved: 2 })
    expect((await call('GET', `/pins/${pins[0]}/status`)).json().pins[0].group).toBeNull()
    expect((await listed(other))[1]).toEqual([file.id])
  })

  it('go in as they are made', async () => {
    const id = await make({ replication: { min: 2, max: 2, zones: [] } })
    const made = (await call('POST', `/pins/${CID}`, { group: id })).json()
    expect([made.group, await policyOf(made.requestid)]).toEqual([id, [2, 2]])
    const uploaded = (await upload(`?group=${id}`)).json()
    expect([uploaded.file.group, await policyOf(uploaded.pin.requestid)]).toEqual([id, [2, 2]])
    const bulk = { ...owner.headers, 'content-type': 'text/csv' }
    const payload = `cid,group\n${CID},${id}\n`
    await api.app.inject({ method: 'POST', url: '/api/v1/pins/bulk', headers: bulk, payload })
    expect((await sendCar(id)).json().files[0].file.group).toBe(id)
    expect((await sendTus(id)).statusCode).toBe(201)
    expect((await complete((await beginFolder(id)).json().id)).statusCode).toBeLessThan(300)
    expect((await call('GET', `/files?group=${id}`)).json().files).toHaveLength(4)
    const { pins } = (await call('GET', `/pins?group=${id}`)).json()
    expect(pins).toHaveLength(6)
    for (const { requestid } of pins) expect(await policyOf(requestid)).toEqual([2, 2])
  })

  it('are in none when the group has gone before they were whole', async () => {
    await beNew()
    const id = await make()
    const [folder, begun] = [(await beginFolder(id)).json().id, await sendTus(id, owner, '')]
    await call('DELETE', `/groups/${id}`)
    expect((await complete(folder)).statusCode).toBeLessThan(300)
    const headers = { ...owner.headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }
    const url = String(begun.headers.location)
    expect((await api.app.inject({ method: 'PATCH', url, headers, payload: randomUUID() })).statusCode).toBe(204)
    const { files } = (await call('GET', '/files')).json()
    expect(files.map((file: { group: string | null }) => file.group)).toEqual([null, null])
  })

  it('keep the copies that they have where they are private', async () => {
    const [id, other] = [await make({ replication: { min: 2, max: 2, zones: [] } }), await make()]
    const { pin: hidden } = (await upload(`?visibility=private&group=${id}`)).json()
    expect(await policyOf(hidden.requestid)).toEqual([1, 1])
    await call('POST', `/groups/${other}/add`, { pins: [hidden.requestid] })
    await call('PATCH', `/groups/${other}`, { replication: { min: 3, max: 3, zones: [] } })
    await settle()
    expect(await policyOf(hidden.requestid)).toEqual([1, 1])
    const { files } = (await call('GET', `/files?group=${other}`)).json()
    expect(files.map((file: { visibility: string }) => file.visibility)).toEqual(['private'])
  })

  it('stay where they were moved to while they were made public', async () => {
    const [before, after] = [await make(), await make({ replication: { min: 2, max: 2, zones: [] } })]
    const { file, pin: hidden } = (await upload(`?visibility=private&group=${before}`)).json()
    const published = await whileMoving({ groupId: after, fileIds: [file.id] }, () =>
      call('PUT', `/files/${file.id}/visibility`, { visibility: 'public' }),
    )
    expect(published.json()).toMatchObject({ file: { visibility: 'public', group: after } })
    expect(await policyOf(hidden.requestid)).toEqual([2, 2])
  })

  it('keep the pins that others take the place of by the Pinning Service API, and these what they ask for', async () => {
    const id = await make({ replication: { min: 2, max: 4, zones: [] } })
    const own = await pin({ group: id, replication: { max: 3 } })
    for (const cid of [CID, OTHER_CID]) {
      const after = await replace(await pin({ group: id }), cid)
      expect([await groupOf(after), await policyOf(after)]).toEqual([id, [2, 4]])
    }
    const renamed = await replace(own, CID)
    expect([await groupOf(renamed), await policyOf(renamed)]).toEqual([id, [2, 3]])
    await call('DELETE', `/groups/${id}`)
    const after = await replace(renamed, CID)
    expect([await groupOf(after), await policyOf(after)]).toEqual([null, [1, 3]])
  })

  it('have what took the place of a pin while that was moved into them', async () => {
    const [before, group] = [await make(), await make({ replication: { min: 2, max: 2, zones: [] } })]
    for (const from of [{ group: before }, {}]) {
      const old = await pin(from)
      const after = await whileMoving({ groupId: group, pinIds: [old] }, () => replace(old, CID))
      expect([await groupOf(after), await policyOf(after)]).toEqual([group, [2, 2]])
    }
  })

  it('go in and out once for an Idempotency-Key', async () => {
    const [id, other, pins] = [await make(), await make(), [await pin()]]
    const headers = { ...owner.headers, 'idempotency-key': randomUUID() }
    const add = (group: string) => api.call('POST', `/api/v1/groups/${group}/add`, { as: headers, body: { pins } })
    expect((await add(id)).json()).toEqual({ moved: 1 })
    await call('POST', `/groups/${id}/remove`, { pins })
    const again = await add(id)
    expect([again.json(), again.headers['idempotent-replay']]).toEqual([{ moved: 1 }, 'true'])
    expect((await call('GET', `/pins/${pins[0]}/status`)).json().pins[0].group).toBeNull()
    expect((await add(other)).statusCode).toBe(422)
  })

  it('are no more than a thousand at a time, and at least one', async () => {
    const id = await make()
    for (const body of [{}, { pins: [] }, { pins: Array.from({ length: 1_001 }, () => randomUUID()) }, { pins: ['x'] }])
      expect((await call('POST', `/groups/${id}/add`, body)).statusCode).toBe(400)
  })

  it('stay where they are when the group is deleted, in none, with the default', async () => {
    const id = await make({ replication: { min: 3, max: 3, zones: [] } })
    const [requestid, { file }] = [await pin({ group: id }), (await upload(`?group=${id}`)).json()]
    await call('DELETE', `/groups/${id}`)
    expect((await call('GET', `/pins/${requestid}/status`)).json().pins[0].group).toBeNull()
    await settle()
    expect(await policyOf(requestid)).toEqual([1, 1])
    expect((await call('GET', `/files/${file.id}`)).json()).toMatchObject({ files: [{ id: file.id, group: null }] })
    expect(await api.db.kysely.selectFrom('groups').select('id').where('id', '=', id).execute()).toEqual([])
  })
})

it('the policy of a group is that of its pins, and of those that ask for something themselves the rest of it', async () => {
  const id = await make()
  const [plain, own] = [await pin({ group: id }), await pin({ group: id, replication: { max: 5 } })]
  expect([await policyOf(plain), await policyOf(own)]).toEqual([
    [1, 1],
    [1, 5],
  ])
  const change = (replication: object | null) => call('PATCH', `/groups/${id}`, { replication })
  expect((await change({ min: 2, max: 3, zones: [] })).json()).toMatchObject({ settled: false })
  await settle()
  expect((await call('GET', `/groups/${id}`)).json()).toMatchObject({ settled: true })
  expect([await policyOf(plain), await policyOf(own)]).toEqual([
    [2, 3],
    [2, 5],
  ])
  await call('PATCH', `/pins/${own}`, { replication: {} })
  expect(await policyOf(own)).toEqual([2, 3])
  await call('POST', `/groups/${id}/remove`, { pins: [own] })
  expect(await policyOf(own)).toEqual([1, 1])
  await change(null)
  await settle()
  expect(await policyOf(plain)).toEqual([1, 1])
})

it('more copies than the plan allows are refused', async () => {
  await beNew()
  await api.db.pool.query(`insert into plans (name, replication_max) values ('two', 2) on conflict do nothing`)
  await api.db.pool.query(`update organizations set plan = 'two' where id = $1`, [owner.organizationId])
  const id = await make()
  const replication = { min: 1, max: 3, zones: [] }
  expect((await create({ name: 'x', replication })).json()).toMatchObject({ code: 'quota_exceeded' })
  expect((await call('PATCH', `/groups/${id}`, { replication })).json()).toMatchObject({ code: 'quota_exceeded' })
})
