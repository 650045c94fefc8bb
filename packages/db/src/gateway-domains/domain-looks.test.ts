import { randomUUIDv7 } from 'node:crypto'
import { startTestNameServer, type TestNameServer } from '@packages/runtime/dns/test-name-server'
import { createTxtLookUp, type TxtAnswer } from '@packages/runtime/dns/txt-look-up'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readOpenGateways } from '../open-gateways.ts'
import type { Row } from '../tables.ts'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { seedOrganization } from '../test-database/seed.ts'
import { claimDueLooks } from './claim-looks.ts'
import { DomainLooks } from './domain-looks.ts'
import { makeProof, proofRecord } from './domain-proof.ts'
import { settleLook } from './settle-look.ts'

let database: TestDatabase
let dns: TestNameServer
let looks: DomainLooks
beforeAll(async () => {
  database = await startTestDatabase()
  dns = await startTestNameServer()
  looks = new DomainLooks({ db: database.db, lookUp: createTxtLookUp(dns.servers), logger: silentLogger })
})
afterAll(async () => {
  await dns?.stop()
  await database?.stop()
})
afterEach(async () => {
  dns.texts.clear()
  dns.failing.clear()
  dns.asked.length = 0
  await database.db.kysely.deleteFrom('gateway_domains').execute()
})

const DOMAIN = 'files.example.org'
const RECORD = `_holdfast.${DOMAIN}`

type Made = { id: string; gatewayId: string; name: string; proof: string }
let made = 0
/** A gateway of an organization of its own that names the domain. */
const claim = async (domain = DOMAIN): Promise<Made> => {
  const { organizationId } = await seedOrganization(database.db)
  const [id, gatewayId, name, proof] = [randomUUIDv7(), randomUUIDv7(), `acme-${made++}`, makeProof()]
  const { kysely } = database.db
  const gateway = { id: gatewayId, organization_id: organizationId, name, token_required: false }
  await kysely.insertInto('gateways').values(gateway).execute()
  await kysely.insertInto('gateway_domains').values({ id, gateway_id: gatewayId, domain, proof }).execute()
  return { id, gatewayId, name, proof }
}
const publish = (...rows: Made[]): void =>
  void dns.texts.set(
    RECORD,
    rows.map(({ proof }) => proofRecord(DOMAIN, proof).value),
  )
const row = (id: string): Promise<Row<'gateway_domains'>> =>
  database.db.kysely.selectFrom('gateway_domains').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const serves = async ({ gatewayId }: Made): Promise<boolean> => {
  const [open] = await readOpenGateways(database.db.kysely, { id: gatewayId })
  return open?.[1].domains.includes(DOMAIN) === true
}
/** As if so much time had gone by since the last look. */
const wait = async (ms: number): Promise<void> => {
  const earlier = (column: string) => sql`${sql.ref(column)} - make_interval(secs => ${ms / 1_000})`
  await database.db.kysely
    .updateTable('gateway_domains')
    .set({
      due_at: earlier('due_at') as never,
      looked_at: earlier('looked_at') as never,
      missed_at: earlier('missed_at') as never,
      failing_since: earlier('failing_since') as never,
      watched_until: earlier('watched_until') as never,
    })
    .execute()
}
const events = async (gatewayId: string): Promise<string[]> => {
  const rows = await database.db.kysely
    .selectFrom('events')
    .select('kind')
    .where('subject', '=', gatewayId)
    .orderBy('id')
    .execute()
  return rows.map(({ kind }) => kind)
}
/** The domains of what workers were told of a gateway, in their order. */
const told = async (name: string): Promise<string[][]> => {
  const rows = await database.db.kysely
    .selectFrom('policy_log')
    .select('payload')
    .where('kind', '=', 'gateway.changed')
    .orderBy('policy_log.id')
    .execute()
  return rows
    .map(({ payload }) => payload as { name: string; gateway: { domains: string[] } | null })
    .flatMap((entry) => (entry.name === name ? [entry.gateway?.domains ?? []] : []))
}

describe('a domain', () => {
  it('serves when its proof stands in DNS, not before, and workers and the organization are told', async () => {
    const acme = await claim()
    await looks.lookAtDue()
    expect([await serves(acme), (await row(acme.id)).problem]).toEqual([false, 'no-record'])
    dns.texts.set(RECORD, ['v=spf1', `holdfast=${makeProof()}`])
    await looks.lookAt(acme.id, null)
    expect([await serves(acme), (await row(acme.id)).problem]).toEqual([false, 'other-record'])
    dns.texts.set(RECORD, ['v=spf1', ` holdfast=${acme.proof} `])
    await looks.lookAt(acme.id, null)
    expect([await serves(acme), (await row(acme.id)).problem]).toEqual([true, null])
    expect(await told(acme.name)).toEqual([[DOMAIN]])
    expect(await events(acme.gatewayId)).toEqual(['gateway.domain-verified'])
    expect(new Set(dns.asked)).toEqual(new Set([RECORD]))
  })

  it.each<[string, string]>([
    ['at the domain itself', DOMAIN],
    ['below', `_holdfast._holdfast.${DOMAIN}`],
    ['of the domain above', '_holdfast.example.org'],
  ])('a proof %s is none', async (_, name) => {
    const acme = await claim()
    dns.texts.set(name, [proofRecord(DOMAIN, acme.proof).value])
    await looks.lookAt(acme.id, null)
    expect(await serves(acme)).toBe(false)
  })

  it('that waits is found by itself within a day, and is looked at no more after it', async () => {
    const acme = await claim()
    await looks.lookAtDue()
    publish(acme)
    expect(await looks.lookAtDue()).toBe(0)
    await wait(60_000)
    expect(await looks.lookAtDue()).toBe(1)
    expect(await serves(acme)).toBe(true)
    const late = await claim('late.example.org')
    await wait(24 * 60 * 60_000)
    dns.asked.length = 0
    await looks.lookAtDue()
    expect(dns.asked).not.toContain('_holdfast.late.example.org')
    await looks.lookAt(late.id, null)
    expect(dns.asked).toContain('_holdfast.late.example.org')
  })

  it('stops when two looks in a row have not found its record, and comes back with it', async () => {
    const acme = await claim()
    publish(acme)
    await looks.lookAtDue()
    dns.texts.clear()
    await wait(15_000)
    await looks.lookAtDue()
    expect(await serves(acme)).toBe(true)
    await wait(15_000)
    await looks.lookAtDue()
    expect(await serves(acme)).toBe(false)
    expect(await told(acme.name)).toEqual([[DOMAIN], []])
    publish(acme)
    await wait(60_000)
    await looks.lookAtDue()
    expect(await serves(acme)).toBe(true)
    expect(await events(acme.gatewayId)).toEqual([
      'gateway.domain-verified',
      'gateway.domain-lost',
      'gateway.domain-verified',
    ])
  })

  it('is looked at as one that is served from the moment of its proof', async () => {
    const acme = await claim()
    publish(acme)
    await looks.lookAtDue()
    dns.texts.clear()
    for (const ms of [17_000, 17_000]) {
      await wait(ms)
      await looks.lookAtDue()
    }
    expect(await serves(acme)).toBe(false)
  })

  it('goes on while no name server answers, for an hour', async () => {
    const acme = await claim()
    publish(acme)
    await looks.lookAtDue()
    dns.failing.add(RECORD)
    await wait(15_000)
    await looks.lookAtDue()
    await wait(59 * 60_000)
    await looks.lookAtDue()
    expect([await serves(acme), (await row(acme.id)).problem]).toEqual([true, 'look-up-failed'])
    await wait(60_000)
    await looks.lookAtDue()
    expect(await serves(acme)).toBe(false)
  })

  it('of a suspended organization leads to its gateway, which is closed', async () => {
    const acme = await claim()
    publish(acme)
    const { kysely } = database.db
    await kysely
      .updateTable('organizations')
      .set({ state: 'suspended' })
      .where('id', '=', kysely.selectFrom('gateways').select('organization_id').where('id', '=', acme.gatewayId))
      .execute()
    await looks.lookAtDue()
    const [open] = await readOpenGateways(kysely, { id: acme.gatewayId })
    expect(open?.[1]).toMatchObject({ closed: true, tokens: [], domains: [DOMAIN] })
    expect(await told(acme.name)).toEqual([[DOMAIN]])
  })
})

describe('of two that name one domain', () => {
  it('who has the record serves it', async () => {
    const [acme, evil] = [await claim(), await claim()]
    publish(acme)
    await looks.lookAtDue()
    expect([await serves(acme), await serves(evil)]).toEqual([true, false])
  })

  it('with both records the one that serves goes on, and the other is told why it does not', async () => {
    const [acme, second] = [await claim(), await claim()]
    publish(acme)
    await looks.lookAt(acme.id, null)
    publish(second, acme)
    await looks.lookAt(second.id, null)
    expect([await serves(acme), await serves(second)]).toEqual([true, false])
    expect((await row(second.id)).problem).toBe('held')
    // It has it at once when the other record goes.
    publish(second)
    await looks.lookAt(second.id, null)
    expect([await serves(acme), await serves(second)]).toEqual([false, true])
    expect(await told(acme.name)).toEqual([[DOMAIN], []])
    expect(await told(second.name)).toEqual([[DOMAIN]])
    expect(await events(acme.gatewayId)).toEqual(['gateway.domain-verified', 'gateway.domain-lost'])
  })

  it('a row of before takes nothing: its record is gone, and a new row has another one', async () => {
    const former = await claim()
    publish(former)
    await looks.lookAt(former.id, null)
    const owner = await claim()
    publish(owner)
    await looks.lookAt(owner.id, null)
    await wait(60_000)
    await looks.lookAtDue()
    await looks.lookAt(former.id, null)
    expect([await serves(former), await serves(owner)]).toEqual([false, true])
    // A record that was left behind is of a row that is gone.
    await database.db.kysely.deleteFrom('gateway_domains').where('id', '=', owner.id).execute()
    const thief = await claim()
    await looks.lookAt(thief.id, null)
    expect(await serves(thief)).toBe(false)
  })

  it('a look from before the other was verified takes nothing from it', async () => {
    const [acme, slow] = [await claim(), await claim()]
    const before = new Date(Date.now() - 60_000)
    publish(acme)
    await looks.lookAt(acme.id, null)
    const stale = { id: slow.id, domain: DOMAIN, at: before, found: [slow.proof] }
    await settleLook(database.db.unitOfWork, stale)
    expect([await serves(acme), await serves(slow)]).toEqual([true, false])
  })

  it('however looks come together, one alone serves it', async () => {
    const rows = await Promise.all(Array.from({ length: 6 }, () => claim()))
    publish(...rows)
    await Promise.all(rows.map(({ id }) => looks.lookAt(id, null)))
    const serving = await Promise.all(rows.map(serves))
    expect(serving.filter(Boolean)).toHaveLength(1)
  })

  it('what is lost to another organization is not written down with its user or request', async () => {
    const [acme, second] = [await claim(), await claim()]
    const { userId } = await seedOrganization(database.db)
    publish(acme)
    await looks.lookAt(acme.id, null)
    publish(second)
    await looks.lookAt(second.id, userId)
    const rows = await database.db.kysely
      .selectFrom('events')
      .select(['kind', 'actor_id', 'subject'])
      .where('subject', 'in', [acme.gatewayId, second.gatewayId])
      .orderBy('id')
      .execute()
    expect(rows.map(({ kind, actor_id }) => [kind, actor_id])).toEqual([
      ['gateway.domain-verified', null],
      ['gateway.domain-lost', null],
      ['gateway.domain-verified', userId],
    ])
  })
})

it('processes share what is due: each domain is looked at once', async () => {
  await Promise.all(Array.from({ length: 12 }, (_, n) => claim(`d${n}.example.org`)))
  const other = new DomainLooks({ db: database.db, lookUp: createTxtLookUp(dns.servers), logger: silentLogger })
  const counts = await Promise.all([looks.lookAtDue(), other.lookAtDue()])
  expect(counts.reduce((sum, one) => sum + one, 0)).toBe(12)
  expect(dns.asked.toSorted()).toEqual([...new Set(dns.asked)].toSorted())
  expect(dns.asked).toHaveLength(12)
})

it('domains whose name servers do not answer are looked at last of those that are served', async () => {
  const names = ['slow-1', 'slow-2', 'slow-3', 'quick'].map((name) => `${name}.example.org`)
  const rows = await Promise.all(names.map((name) => claim(name)))
  for (const [at, { proof }] of rows.entries()) {
    const { name, value } = proofRecord(names[at] ?? '', proof)
    dns.texts.set(name, [value])
  }
  await looks.lookAtDue()
  for (const name of names.slice(0, 3)) dns.failing.add(`_holdfast.${name}`)
  await wait(15_000)
  await looks.lookAtDue()
  await wait(15_000)
  // Due for longer than the one that answers.
  const { kysely } = database.db
  await kysely
    .updateTable('gateway_domains')
    .set({ due_at: new Date(0) })
    .where('domain', 'like', 'slow-%')
    .execute()
  const intervals = { servedEveryMs: 15_000, waitingEveryMs: 60_000 }
  const [first] = await claimDueLooks(kysely, { ...intervals, limit: 1 })
  expect(first?.domain).toBe('quick.example.org')
  expect(await claimDueLooks(kysely, { ...intervals, limit: 9 })).toHaveLength(3)
})

it('not too many are looked at because somebody asks', async () => {
  const answer = Promise.withResolvers<TxtAnswer | null>()
  const slow = new DomainLooks({ db: database.db, lookUp: () => answer.promise, logger: silentLogger })
  const { id } = await claim()
  const asked = Array.from({ length: 64 }, () => slow.lookAt(id, null))
  await expect(slow.lookAt(id, null)).rejects.toMatchObject({ code: 'unavailable' })
  answer.resolve(null)
  await Promise.all(asked)
  await slow.lookAt(id, null)
})
