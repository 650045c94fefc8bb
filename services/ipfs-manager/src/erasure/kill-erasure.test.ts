import { spawn } from 'node:child_process'
import { randomUUIDv7 } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { BlockStore } from '@packages/content/block-store/block-store'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { beginErasure } from '@packages/db/erasure/begin-erasure'
import { IngestCommitter } from '@packages/db/ingest-committer'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { dumpTables, tablesWith } from '@packages/db/test-database/dump-tables'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureEmbeddedNode } from '../embedded-node.ts'

const CYCLES = Number(process.env.HOLDFAST_KILL_CYCLES ?? 2)
const FILES = 40

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

/** An organization with files, of which every second is pinned by another one, too; its erasure has begun. */
const prepare = async (directory: string, tag: string): Promise<{ shared: string[]; own: string[]; other: string }> => {
  const { db } = database
  const store = await BlockStore.open({ directory, segmentBytes: 20_000, spillBytes: 2_000, reserveBytes: 0 })
  const nodeId = await ensureEmbeddedNode(db)
  const committer = new IngestCommitter({ unitOfWork: db.unitOfWork, logger: silentLogger })
  const userId = randomUUIDv7()
  await db.kysely
    .insertInto('users')
    .values({ id: userId, name: tag, email: `${tag}@example.org` })
    .execute()
  const [erased, other] = [randomUUIDv7(), randomUUIDv7()]
  for (const id of [erased, other])
    await db.kysely
      .insertInto('organizations')
      .values({ id, name: id, slug: `${id}-${tag}` })
      .execute()
  const put = async (organizationId: string, text: string): Promise<void> => {
    const contentId = randomUUIDv7()
    const upload = store.beginUpload({ realm: 'public', contentId })
    const source = (async function* () {
      yield Buffer.from(text)
    })()
    const { root, size } = await importFile(source, { sink: upload, profile: importProfiles['unixfs-v1-2025'] })
    const measured = await upload.commit(root)
    await committer.commit({
      organizationId,
      userId,
      realm: 'public',
      nodeId,
      contentId,
      cid: root.toString(),
      canonicalCid: root.toString(),
      ...measured,
      file: { id: randomUUIDv7(), name: `${tag}.txt`, contentType: 'text/plain', size, metadata: {} },
      pin: { id: randomUUIDv7() },
    })
    store.settle(contentId)
  }
  const texts = Array.from({ length: FILES }, (_, index) => `${tag} file ${index} `.padEnd(900, '.'))
  const shared = texts.filter((_, index) => index % 2 === 0)
  for (const text of texts) await put(erased, text)
  for (const text of shared) await put(other, text)
  await db.unitOfWork.run((uow) =>
    beginErasure(uow, {
      kind: 'user',
      requestedBy: 'self',
      tokenHash: Buffer.from(tag),
      actorId: userId,
      user: { id: userId, email: `${tag}@example.org` },
      organizationIds: [erased],
    }),
  )
  await committer.close()
  await store.close()
  return { shared, own: texts.filter((text) => !shared.includes(text)), other }
}

/** Kills the process some time after it was ready; true when it had done everything before. */
const runAndKill = async (directory: string, afterMs: number): Promise<boolean> => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../testing/erasure-process.ts'), database.url, directory],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const exited = once(child, 'exit')
  const said: string[] = []
  const ready = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line)
    ready.resolve()
  })
  await Promise.race([ready.promise, exited])
  await Promise.race([sleep(afterMs), exited])
  child.kill('SIGKILL')
  await exited
  return said.includes('done')
}

test(`is done to the end, and once, however often the process is killed (${CYCLES} erasures)`, {
  timeout: 600_000,
}, async () => {
  let kills = 0
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const directory = await mkdtemp(join(tmpdir(), 'hf-kill-erasure-'))
    const tag = `canary${cycle}x${randomUUIDv7().slice(-8)}`
    const { shared, own, other } = await prepare(directory, tag)
    // Closer together at first, so that each step is met.
    for (let waitMs = 5 + cycle * 7; !(await runAndKill(directory, waitMs)); waitMs *= 2.2) kills++
    const folder = join(directory, 'segments')
    const bytes = Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))))
    expect(own.filter((text) => bytes.includes(text))).toEqual([])
    expect(shared.filter((text) => !bytes.includes(text))).toEqual([])
    const dump = await dumpTables(database.db)
    expect(tablesWith(dump, [`${tag}@example.org`])).toEqual([])
    const row = await database.db.kysely
      .selectFrom('erasures')
      .where('token_hash', '=', Buffer.from(tag))
      .selectAll()
      .executeTakeFirstOrThrow()
    expect(row).toMatchObject({ step: 'done', user_id: null, email: null, organization_ids: [] })
    // Nothing is counted twice.
    expect(row.counts).toMatchObject({
      pins: FILES,
      files: FILES,
      users: 1,
      organizations: 1,
      'contents released': FILES / 2,
      'contents kept by others': FILES / 2,
    })
    const left = await database.db.kysely.selectFrom('pins').where('organization_id', '=', other).select('id').execute()
    expect(left).toHaveLength(FILES / 2)
    const store = await BlockStore.open({ directory, segmentBytes: 20_000, spillBytes: 2_000, reserveBytes: 0 })
    const problems: unknown[] = []
    for await (const event of store.verify()) if (event.type === 'problem') problems.push(event)
    expect(problems).toEqual([])
    await store.close()
    await database.clear()
    await rm(directory, { recursive: true })
  }
  expect(kills).toBeGreaterThanOrEqual(CYCLES)
})
