import { randomBytes, randomUUIDv7 } from 'node:crypto'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { IngestCommitter } from '../ingest-committer.ts'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { startTestDatabase, type TestDatabase } from '../test-database.ts'
import { ingestItem, seedNode, seedOrganization } from '../test-database/seed.ts'
import { findLink } from './find-link.ts'
import { makeLinkToken } from './link-token.ts'
import { pruneFileLinks, pruneLinkWindows } from './prune-file-links.ts'
import { takeDownload } from './take-download.ts'

/** The model: what a link is, in seconds of a clock that only `wait` moves. */
type Model = {
  id: string
  token: string
  expiresAt: number
  revoked: boolean
  max: number | null
  downloads: number
  /** Until when, by client and bytes. */
  windows: Map<string, number>
}

const WINDOW = 600
const MINUTE = 60

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      link: fc.nat(3),
      client: fc.nat(1),
      target: fc.nat(1),
      first: fc.boolean(),
      times: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.constantFrom(1, 4, 5, 10, 30) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('make' as const),
      minutes: fc.integer({ min: 0, max: 40 }),
      max: fc.option(fc.integer({ min: 1, max: 5 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), link: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('prune' as const) }) },
)

let t: TestDatabase
let file: { id: string; organization_id: string; content_id: string }
beforeAll(async () => {
  t = await startTestDatabase()
  const { db } = t
  const committer = new IngestCommitter({ unitOfWork: db.unitOfWork, logger: silentLogger })
  await committer.commit(ingestItem(await seedOrganization(db), await seedNode(db), randomBytes(16).toString('hex')))
  file = await db.kysely.selectFrom('files').selectAll().executeTakeFirstOrThrow()
})
afterAll(() => t.stop())

const make = async (minutes: number, max: number | null, now: number): Promise<Model> => {
  const id = randomUUIDv7()
  const subject = { id, organizationId: file.organization_id, contentId: file.content_id }
  const { token, tokenHash } = makeLinkToken(subject)
  // Half a minute apart from every step of the clock.
  const seconds = minutes * MINUTE + 30
  await t.db.kysely
    .insertInto('file_links')
    .values({
      id,
      organization_id: file.organization_id,
      file_id: file.id,
      name: '',
      token_hash: tokenHash,
      max_downloads: max,
      expires_at: sql<Date>`now() + make_interval(secs => ${seconds})`,
    })
    .execute()
  return { id, token, expiresAt: now + seconds, revoked: false, max, downloads: 0, windows: new Map() }
}

/** The clock goes on: everything lies so much further back. */
const wait = async (seconds: number): Promise<void> => {
  const { kysely } = t.db
  const past = (column: string) => sql<Date>`${sql.ref(column)} - make_interval(secs => ${seconds})`
  await kysely
    .updateTable('file_links')
    .set({ expires_at: past('expires_at') })
    .execute()
  await kysely
    .updateTable('file_link_windows')
    .set({ open_until: past('open_until') })
    .execute()
}

const isOver = (link: Model, now: number): boolean => link.revoked || link.expiresAt <= now
const isExhausted = ({ max, downloads }: Model): boolean => max !== null && downloads >= max

/** What one request does to the model. */
const takes = (link: Model, key: string, first: boolean, now: number): boolean => {
  if (isOver(link, now)) return false
  if (!first && (link.windows.get(key) ?? 0) > now) return true
  if (isExhausted(link)) return false
  link.downloads++
  link.windows.set(key, now + WINDOW)
  return true
}

it('a link does what its model does, in any order of steps and for requests at a time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      await t.db.kysely.deleteFrom('file_links').execute()
      let now = 0
      const links = [await make(20, 2, now)]
      for (const one of steps) {
        const link = 'link' in one ? (links[one.link % links.length] as Model) : undefined
        if (one.do === 'make') links.push(await make(one.minutes, one.max, now))
        else if (one.do === 'wait') {
          now += one.minutes * MINUTE
          await wait(one.minutes * MINUTE)
        } else if (one.do === 'revoke' && link !== undefined) {
          link.revoked = true
          await t.db.kysely
            .updateTable('file_links')
            .set({ revoked_at: new Date() })
            .where('id', '=', link.id)
            .execute()
        } else if (one.do === 'take' && link !== undefined) {
          const [target, address] = [`bytes ${one.target}`, `client ${one.client}`]
          const download = { linkId: link.id, target, address, hasFirstByte: one.first }
          const taken = await Promise.all(Array.from({ length: one.times }, () => takeDownload(t.db.kysely, download)))
          if (one.first || one.times === 1) {
            const expected = taken.map(() => takes(link, `${target} ${address}`, one.first, now))
            expect(taken.filter(Boolean).length).toBe(expected.filter(Boolean).length)
          } else {
            // Of several at a time without a window each may be a download: never more than are left.
            const row = await t.db.kysely
              .selectFrom('file_links')
              .where('id', '=', link.id)
              .select('downloads')
              .executeTakeFirstOrThrow()
            expect(row.downloads - link.downloads).toBeLessThanOrEqual(one.times)
            if (row.downloads > link.downloads) link.windows.set(`${target} ${address}`, now + WINDOW)
            expect(taken.some(Boolean)).toBe(
              row.downloads > link.downloads || takes(link, `${target} ${address}`, false, now),
            )
            link.downloads = row.downloads
          }
        } else {
          await pruneLinkWindows(t.db.kysely, 100)
          await pruneFileLinks(t.db.kysely, 100)
        }
        for (const each of links) {
          const found = await findLink(t.db.kysely, each.token)
          expect([found?.isOver, found?.isExhausted]).toEqual([isOver(each, now), isExhausted(each)])
          expect(each.max === null || each.downloads <= each.max).toBe(true)
        }
      }
      for (const { id, downloads } of links) {
        const row = await t.db.kysely
          .selectFrom('file_links')
          .where('id', '=', id)
          .select('downloads')
          .executeTakeFirst()
        expect(row?.downloads).toBe(downloads)
      }
    }),
    { numRuns: 40 },
  )
}, 120_000)

it('links are forgotten 30 days after their end, and windows when they close', async () => {
  await t.db.kysely.deleteFrom('file_links').execute()
  const [old, recent] = [await make(0, null, 0), await make(5, null, 0)]
  const take = (linkId: string) => takeDownload(t.db.kysely, { linkId, target: '', address: '', hasFirstByte: true })
  await take(old.id)
  await take(recent.id)
  await wait(30 * 86_400 + MINUTE)
  expect(await pruneLinkWindows(t.db.kysely, 1)).toBe(1)
  expect(await pruneLinkWindows(t.db.kysely, 10)).toBe(1)
  expect(await pruneFileLinks(t.db.kysely, 10)).toBe(1)
  expect([await findLink(t.db.kysely, old.token), (await findLink(t.db.kysely, recent.token))?.isOver]).toEqual([
    undefined,
    true,
  ])
})
