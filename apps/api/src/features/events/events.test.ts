import { randomUUIDv7 } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { currentEventPosition } from '@packages/db/events/read-events'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '../../authorization/actor.ts'
import { POLICY_WAIT } from '../../testing/policy-wait.ts'
import { buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import { eventIdOf, parseEventId } from './event-id.ts'
import { EventWakes } from './event-wakes.ts'
import { OpenStreams } from './open-streams.ts'
import { streamEvents } from './stream-events.ts'
import { visibleKinds } from './visible-kinds.ts'

type Tenant = Pick<TestUser, 'headers' | 'organizationId'>
let api: TestApi
let operator: TestUser
/** All made before, as streams of their maker end when another one is made. */
const tenants: Tenant[] = []

beforeAll(async () => {
  api = await buildTestApi({ events: { heartbeatMs: 100 } })
  operator = await api.setUp()
  await api.app.listen({ port: 0, host: '127.0.0.1' })
  for (let left = 9; left > 0; left--) tenants.push(await makeTenant())
  await caughtUp()
})
afterAll(() => api.stop())

const makeTenant = async (): Promise<Tenant> => {
  const reply = await api.call('POST', '/api/v1/organizations', { as: operator.headers, body: { name: 'Tenant' } })
  const { id } = reply.json()
  return { organizationId: id, headers: { ...operator.headers, 'holdfast-org': id } }
}
const tenant = (): Tenant => {
  const next = tenants.pop()
  if (next === undefined) throw new Error('make one more tenant')
  return next
}
const actorOf = ({ organizationId }: Tenant, more: Partial<Actor> = {}): Actor => ({
  kind: 'session',
  userId: operator.id,
  organizationId,
  role: 'owner',
  organizationState: 'active',
  platformRole: 'user',
  scopes: 'all',
  ...more,
})
const ADD = `insert into events (kind, organization_id, subject, payload) values ($1, $2, $3, '{}')`
const add = async ({ organizationId }: Tenant, subject: string, kind = 'pin.created'): Promise<void> => {
  await api.db.pool.query(ADD, [kind, organizationId, subject])
}
/** Until this process has followed the policy log up to now: a session that is revoked now ends its stream. */
const caughtUp = async (): Promise<void> => {
  const login = { email: operator.email, password: operator.password }
  const { accessToken } = (await api.call('POST', '/api/v1/auth/login', { body: login })).json()
  const stream = await open({ headers: { authorization: `Bearer ${accessToken}` } })
  const sessionId = decodeJwt(accessToken)['sid'] as string
  await api.db.unitOfWork.run(async ({ policy }) => policy({ kind: 'session.revoked', sessionId }))
  while ((await stream.next()) !== undefined);
}
/** An event of a transaction that is not committed yet. */
const begin = async ({ organizationId }: Tenant, subject: string): Promise<() => Promise<void>> => {
  const client = await api.db.pool.connect()
  await client.query('begin')
  await client.query(ADD, ['pin.created', organizationId, subject])
  return async () => {
    await client.query('commit')
    client.release()
  }
}

type Told = { id: string; event?: string | undefined; data?: { id: string; subject: string; kind: string } }
const parse = (block: string): Told => {
  const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)))
  return { id: fields.id, event: fields.event, ...(fields.data === undefined ? {} : { data: JSON.parse(fields.data) }) }
}

/** A stream over a socket, block by block. */
const open = async (
  user: Pick<Tenant, 'headers'>,
  { last, path = '/api/v1/events' }: { last?: string; path?: string } = {},
) => {
  const { port } = api.app.server.address() as AddressInfo
  const headers = {
    ...user.headers,
    accept: 'text/event-stream',
    ...(last === undefined ? {} : { 'last-event-id': last }),
  }
  const sent = request({ port, path, headers })
  sent.end()
  const [message] = (await once(sent, 'response')) as [IncomingMessage]
  message.on('error', () => undefined)
  const lines = createInterface(message)[Symbol.asyncIterator]()
  const block = async (): Promise<string | undefined> => {
    for (let text = ''; ; ) {
      const { value, done } = await lines.next()
      if (done === true) return undefined
      if (value === '') return text
      text += text === '' ? value : `\n${value}`
    }
  }
  /** The next event, heartbeats passed over. */
  const next = async (): Promise<Told | undefined> => {
    for (;;) {
      const text = await block()
      if (text === undefined) return undefined
      if (!text.startsWith(':')) return parse(text)
    }
  }
  return { message, block, next, close: () => sent.destroy() }
}
const page = async (user: Pick<Tenant, 'headers'>, query = '') =>
  api.call('GET', `/api/v1/events${query}`, { as: user.headers, headers: { accept: 'application/json' } })

/** A page once it has so many events: any transaction of another test on the same server holds the log back (ADR 0022). */
const pageOf = async (user: Pick<Tenant, 'headers'>, count: number, query: string) => {
  await expect.poll(async () => (await page(user, query)).json().events.length, POLICY_WAIT).toBe(count)
  return (await page(user, query)).json()
}

describe('GET /events', () => {
  it('tells what changes from now on, gives an id at once and signs of life between', async () => {
    const user = tenant()
    const stream = await open(user)
    expect(stream.message.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const hello = await stream.next()
    expect(() => parseEventId(String(hello?.id))).not.toThrow()
    expect(hello).not.toHaveProperty('data')
    expect(await stream.block()).toBe(': ')
    await add(user, 'first')
    const told = await stream.next()
    expect(told).toMatchObject({ event: 'pin.created', data: { subject: 'first', kind: 'pin.created', id: told?.id } })
    stream.close()
  })

  it('goes on behind the last event, by header or query; a page does as well', async () => {
    const user = tenant()
    const { next } = (await page(user)).json()
    for (const subject of ['a', 'b', 'c']) await add(user, subject)
    await pageOf(user, 3, `?after=${next}`)
    const { events } = await pageOf(user, 2, `?after=${next}&limit=2`)
    expect(events.map(({ subject }: { subject: string }) => subject)).toEqual(['a', 'b'])
    const last = events[0].id
    for (const stream of [await open(user, { last }), await open(user, { path: `/api/v1/events?after=${last}` })]) {
      await stream.next()
      expect([(await stream.next())?.data?.subject, (await stream.next())?.data?.subject]).toEqual(['b', 'c'])
      stream.close()
    }
    const rest = await pageOf(user, 1, `?after=${events[1].id}`)
    expect(rest.events).toMatchObject([{ subject: 'c' }])
    expect((await page(user, `?after=${rest.next}`)).json()).toEqual({ events: [], next: rest.next, reset: false })
  })

  it('tells of the own organization alone, and of what its caller may read', async () => {
    const [one, two] = [tenant(), tenant()]
    const { id: after } = { id: eventIdOf(await currentEventPosition(api.db.kysely)) }
    await add(two, 'theirs')
    await add(one, 'a pin')
    await add(one, 'a file', 'file.uploaded')
    await add(one, 'a key', 'api-key.created')
    await add(one, 'a session', 'session.created')
    const subjects = async (user: Pick<Tenant, 'headers'>, count: number) =>
      (await pageOf(user, count, `?after=${after}`)).events.map(({ subject }: { subject: string }) => subject)
    expect(await subjects(one, 3)).toEqual(['a pin', 'a file', 'a key'])
    const key = await api.addApiKey({ ...operator, ...one }, { name: 'pins', scopes: ['pins:read'] })
    expect(await subjects(key, 1)).toEqual(['a pin'])
    const stream = await open(key, { last: after })
    await stream.next()
    expect((await stream.next())?.data?.subject).toBe('a pin')
    await add(two, 'theirs too')
    await add(one, 'mine')
    expect((await stream.next())?.data?.subject).toBe('mine')
    stream.close()
    expect(visibleKinds(actorOf(one, { role: 'billing' })).every((kind) => kind.startsWith('organization.'))).toBe(true)
    expect(visibleKinds(actorOf(one, { role: 'viewer' })).some((kind) => kind.startsWith('api-key.'))).toBe(false)
  })

  it('ends when its key or session is revoked, or what it may has changed', async () => {
    const user = tenant()
    const key = await api.addApiKey({ ...operator, ...user })
    const stream = await open(key)
    await stream.next()
    await api.call('DELETE', `/api/v1/api-keys/${key.id}`, { as: user.headers })
    expect(await stream.next()).toBeUndefined()
    expect((await page(key)).statusCode).toBe(401)
    const frozen = await open(user)
    await frozen.next()
    const { organizationId } = user
    await api.db.unitOfWork.run(async ({ policy }) => policy({ kind: 'organization.changed', organizationId }))
    expect(await frozen.next()).toBeUndefined()
  })

  it('lets a key have ten streams, and another one when one has ended', async () => {
    const user = tenant()
    const key = await api.addApiKey({ ...operator, ...user })
    const streams = await Promise.all(Array.from({ length: 10 }, () => open(key)))
    const more = await open(key)
    expect(more.message.statusCode).toBe(429)
    expect(more.message.headers['retry-after']).toBe('15')
    streams[0]?.close()
    await expect
      .poll(async () => {
        const again = await open(key)
        again.close()
        return again.message.statusCode
      })
      .toBe(200)
    for (const stream of streams) stream.close()
  })

  it.each(['x', '1', '1-', '-1', '1-2-3', '99999999999999999999-1', "1-1'"])('refuses the id %j', async (last) => {
    const user = { headers: operator.headers }
    expect((await page(user, `?after=${encodeURIComponent(last)}`)).json()).toMatchObject({ code: 'invalid_cursor' })
    expect((await open(user, { last })).message.statusCode).toBe(400)
  })

  it('says so when something may be missing: events are pruned, or the database is older than the id', async () => {
    const user = tenant()
    const { next } = (await page(user)).json()
    const stream = await open(user, { last: '999999999999-1' })
    expect(await stream.next()).toMatchObject({ event: 'reset' })
    stream.close()
    const answer = (await page(user, '?after=1-1')).json()
    expect(answer).toMatchObject({ reset: true, events: [] })
    expect((await page(user, `?after=${answer.next}`)).json()).toMatchObject({ reset: false })
    expect((await page(user, `?after=${next}`)).json()).toMatchObject({ reset: false })
  })
})

describe('the order of the log', () => {
  it('waits for a transaction that commits late, and tells of it in its place', async () => {
    const user = tenant()
    const { next } = (await page(user)).json()
    const commit = await begin(user, 'early, late')
    await add(user, 'late, early')
    // What stands behind an open transaction is not told yet: it would have been read past.
    expect((await page(user, `?after=${next}`)).json().events).toEqual([])
    await commit()
    const { events } = await pageOf(user, 2, `?after=${next}`)
    expect(events.map(({ subject }: { subject: string }) => subject)).toEqual(['early, late', 'late, early'])
  })

  it('tells each event once over fifty restarts, while transactions commit out of order', async () => {
    const user = tenant()
    const wakes = () => new EventWakes({ db: api.db, logger: silentLogger, pollMs: 5 })
    const first = eventIdOf(await currentEventPosition(api.db.kysely))
    const wanted: string[] = []
    // Seeded: which transactions stay open for how many of the others.
    let seed = 7
    const random = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    const write = async (): Promise<void> => {
      const late: (() => Promise<void>)[] = []
      for (let n = 0; n < 400; n++) {
        const subject = `event ${n}`
        wanted.push(subject)
        if (random(4) > 0) await add(user, subject)
        else late.push(await begin(user, subject))
        // The pool has few connections, and those who read need some.
        if (late.length > 1) await late.splice(random(late.length), 1)[0]?.()
      }
      for (const commit of late) await commit()
    }
    const writing = write()
    const seen: string[] = []
    let last = first
    let restarts = 0
    while (seen.length < 400) {
      const eventWakes = wakes()
      const gone = new AbortController()
      const deps = {
        db: api.db,
        authenticator: { again: async (actor: Actor) => actor },
        openStreams: new OpenStreams(),
        eventWakes,
      }
      let left = restarts++ < 50 ? 1 + random(8) : 400
      for await (const text of await streamEvents(deps, actorOf(user), { last, signal: gone.signal })) {
        if (text.startsWith(':')) continue
        const told = parse(text.trimEnd().replace(/^retry: \d+\n/, ''))
        expect(told.event).not.toBe('reset')
        last = told.id
        if (told.data !== undefined) seen.push(told.data.subject)
        if (told.data !== undefined && (--left === 0 || seen.length === 400)) break
      }
      gone.abort()
      await eventWakes.stop()
    }
    await writing
    expect(restarts).toBeGreaterThanOrEqual(50)
    expect(seen.toSorted()).toEqual(wanted.toSorted())
  }, 30_000)
})

describe('OpenStreams', () => {
  it('counts by credential, organization and process', () => {
    const streams = new OpenStreams({ perCredential: 2, perOrganization: 3, perProcess: 4, retryAfterSeconds: 1 })
    const ids = Array.from({ length: 5 }, () => randomUUIDv7())
    const of = (organization: number, key: number): Actor =>
      actorOf({ headers: {}, organizationId: ids[organization] ?? '' }, { apiKeyId: `key ${key}` })
    const begun = [streams.begin(of(0, 0), () => {}), streams.begin(of(0, 0), () => {})]
    expect(() => streams.begin(of(0, 0), () => {})).toThrow(expect.objectContaining({ code: 'rate_limited' }))
    begun.push(streams.begin(of(0, 1), () => {}))
    expect(() => streams.begin(of(0, 2), () => {})).toThrow(expect.objectContaining({ code: 'rate_limited' }))
    begun.push(streams.begin(of(1, 3), () => {}))
    expect(() => streams.begin(of(2, 4), () => {})).toThrow(expect.objectContaining({ code: 'unavailable' }))
    for (const end of begun) end()
    expect(() => streams.begin(of(2, 4), () => {})).not.toThrow()
  })
})
