import { silentLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { IngestCommitter } from './ingest-committer.ts'
import { removePins } from './remove-pins.ts'
import { wantRoot } from './test-database/want-root.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'
import { ingestItem, seedNode, seedOrganization } from './test-database/seed.ts'

/*
 * Model test: rounds of uploads, removals and wishes for a few roots by a few organizations, all of a round at once, on
 * two committers as two processes would have. Afterwards the rows must tell one consistent story, whoever was first.
 */
type Step = { verb: 'upload' | 'remove' | 'want'; organization: number; root: number; committer: number }

const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom('upload', 'upload', 'remove', 'remove', 'want'),
  organization: fc.nat(2),
  root: fc.nat(2),
  committer: fc.nat(1),
})
const rounds = fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 6 })

let database: TestDatabase
let nodeId: string
beforeAll(async () => {
  database = await startTestDatabase({ poolSize: 10 })
  nodeId = await seedNode(database.db)
})
afterAll(() => database.stop())

/** Each is a lie that the rows could tell; none may have a row. `dag_size` of root n is 100 + n. */
const LIES: Record<string, ReturnType<typeof sql>> = {
  'a live content without a pin': sql`
    select id from contents c where state <> 'released' and not exists (select from pins where content_id = c.id)`,
  'a pin or file on a released content': sql`
    select p.id from pins p join contents c on c.id = p.content_id where c.state = 'released'
    union all select f.id from files f join contents c on c.id = f.content_id where c.state = 'released'`,
  'a file and its pin on different contents': sql`
    select f.id from files f join pins p on p.id = f.pin_id where f.content_id <> p.content_id`,
  'a tombstone that names a live content': sql`
    select content_id from tombstones t join contents c on c.id = t.content_id where c.state <> 'released'`,
  'held bytes that were released without a tombstone': sql`
    select id from contents c where state = 'released' and dag_size is not null
      and not exists (select from tombstones t where t.content_id = c.id and t.reason = 'unpinned')`,
  'an open tombstone without a job': sql`
    select content_id from tombstones t where not exists (
      select from jobs.job where name = 'release-content' and data->'contentIds' ? t.content_id::text)`,
  'a status that does not follow from the facts': sql`
    select p.id from pins p join contents c on c.id = p.content_id
    where p.status <> case c.state when 'held' then 'pinned' else 'queued' end`,
  'a count of copies that nobody has confirmed': sql`
    select id from contents c where state <> 'released' and confirmed <> (
      select count(*) from replicas r where r.content_id = c.id and r.status = 'pinned')`,
  'a fetch that nobody waits for, or of what is not wanted': sql`
    select f.content_id from fetches f where not exists (select from fetch_queue q where q.content_id = f.content_id)
      or not exists (select from contents c where c.id = f.content_id and c.state = 'wanted')`,
  'somebody who waits and is not in the queue, or is and does not wait': sql`
    (select organization_id, content_id from pins p join contents c on c.id = p.content_id where c.state = 'wanted'
      except select organization_id, content_id from fetch_queue)
    union all
    (select organization_id, content_id from fetch_queue
      except select organization_id, content_id from pins)`,
  'a usage that does not count the files': sql`
    select u.organization_id from usage u
    where u.files <> (select count(*) from files f where f.organization_id = u.organization_id)`,
  'a usage that is not the sum of distinct held roots': sql`
    select u.organization_id from usage u
    left join lateral (
      select coalesce(sum(c.dag_size), 0) as bytes, count(*) as roots from contents c
      where c.state = 'held' and exists (
        select from pins p where p.content_id = c.id and p.organization_id = u.organization_id)
    ) held on true
    where (u.stored_bytes, u.roots) <> (held.bytes, held.roots)`,
  'a release that gateways were not told of': sql`
    select id from contents c where state = 'released' and dag_size is not null and not exists (
      select from policy_log where kind = 'content.released' and payload->>'contentId' = c.id::text)`,
}

test('whatever comes together, rows, usage, tombstones and jobs tell one story', async () => {
  const { db } = database
  const committers = [0, 1].map(() => new IngestCommitter({ unitOfWork: db.unitOfWork, logger: silentLogger }))
  const uploaded = new Set<string>()
  const refused = new Set<string>()
  let [runs, pins] = [0, 0]
  await fc.assert(
    fc.asyncProperty(rounds, async (given) => {
      // Roots and organizations of its own; what earlier runs left must stay true as well.
      const run = ++runs
      const owners = await Promise.all([
        seedOrganization(db),
        seedOrganization(db),
        seedOrganization(db, { storageLimit: 202 }),
      ])
      const perform = async ({ verb, organization, root, committer }: Step): Promise<void> => {
        const owner = owners[organization] ?? expect.fail()
        const cid = `bafy${run}-${root}`
        if (verb === 'want') {
          await wantRoot(db, { ...owner, cid })
          pins++
        } else if (verb === 'upload') {
          const item = ingestItem(owner, nodeId, cid, { dagSize: 100 + root })
          uploaded.add(item.contentId)
          try {
            await committers[committer]?.commit(item)
            pins++
          } catch (error) {
            expect(error).toBeInstanceOf(HoldfastError)
            expect(error).toMatchObject({ code: 'quota_exceeded' })
            refused.add(item.contentId)
          }
        } else {
          const held = await db.kysely
            .selectFrom('pins')
            .select('id')
            .where('organization_id', '=', owner.organizationId)
            .where('cid', '=', cid)
            .execute()
          const { result } = await db.unitOfWork.run((uow) =>
            removePins(uow, { ...owner, actorId: null, pinIds: held.map(({ id }) => id) }),
          )
          pins -= result.pins
        }
      }

      for (const round of given) {
        await Promise.all(round.map(perform))
        for (const [lie, query] of Object.entries(LIES)) expect((await query.execute(db.kysely)).rows, lie).toEqual([])
        const rows = await db.kysely.selectFrom('pins').select('id').execute()
        expect(rows).toHaveLength(pins)
      }
      // Every root in the store is either the live content's, or named by a tombstone: nothing leaks, nothing is lost.
      const live = await db.kysely.selectFrom('contents').select('id').where('state', '=', 'held').execute()
      const buried = await db.kysely.selectFrom('tombstones').select(['content_id', 'reason']).execute()
      const accounted = [...live.map(({ id }) => id), ...buried.map(({ content_id }) => content_id)]
      expect(accounted.sort()).toEqual([...uploaded].sort())
      const orphans = buried.filter(({ reason }) => reason === 'orphan').map(({ content_id }) => content_id)
      expect(new Set(orphans)).toEqual(refused)
    }),
    { numRuns: Number(process.env.MODEL_RUNS ?? 25), endOnFailure: true },
  )
  for (const committer of committers) await committer.close()
})
