import { createHash, randomUUIDv7 } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeBlockList } from '@packages/content/block-store/block-list'
import { BlockStore } from '@packages/content/block-store/block-store'
import { openFile } from '@packages/content/unixfs/file-reader'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { beginErasure } from '@packages/db/erasure/begin-erasure'
import { findReceipt } from '@packages/db/erasure/erasure-receipts'
import { IngestCommitter } from '@packages/db/ingest-committer'
import type { Keys } from '@packages/db/keys/open-keys'
import { removePins } from '@packages/db/remove-pins'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { dumpTables, tablesWith } from '@packages/db/test-database/dump-tables'
import { testKeys } from '@packages/db/test-keys'
import { MasterKey } from '@packages/runtime/master-key'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { openMailOrNull, sealMail } from '@packages/runtime/sealed-mail'
import { canonicalCid } from '@packages/shared/cid'
import { ErasureWorker } from '@services/ipfs-manager/erasure/erasure-worker'
import { ensureEmbeddedNode } from '@services/ipfs-manager/embedded-node'
import { ReleaseWorker } from '@services/ipfs-manager/release-worker'
import { array, assert, asyncProperty, boolean, constantFrom, nat, record } from 'fast-check'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../authorization/actor.ts'
import { storeContent } from '../../content/store-content.ts'
import { openPrivateRoot } from '../../private/open-private-root.ts'
import { openFileRows } from '../../private/private-rows.ts'
import { type ExportArchiveDeps, exportOrganization } from '../export/export-archive.ts'
import { importArchive, type ImportArchiveDeps } from '../export/import-archive.ts'
import { nothingDenied } from '../../testing/nothing-denied.ts'

const RUNS = Number(process.env.HOLDFAST_ERASURE_RUNS ?? 25)
const SEED = Number(process.env.HOLDFAST_ERASURE_SEED ?? Date.now() % 2 ** 31)
const key = new MasterKey(Buffer.alloc(32, 7))
const STORE = { segmentBytes: 20_000, spillBytes: 2_000, reserveBytes: 0, noIndexSync: true }

let database: TestDatabase
let nodeId: string
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

/** What a run is made of. Texts are small numbers, so that tenants share some; a member may be in any organization. */
const world = record({
  organizations: array(
    record({
      files: array(record({ text: nat(6), size: constantFrom(0, 300, 2_500, 9_000), isPrivate: boolean() }), {
        maxLength: 5,
      }),
      extraMembers: array(nat(3), { maxLength: 2 }),
      deletesFirst: boolean(),
    }),
    { minLength: 2, maxLength: 4 },
  ),
  /** Who goes, in this order: `u` a user, `o` an organization, `x` exported and imported elsewhere first. */
  goes: array(record({ what: constantFrom('u', 'o', 'x'), who: nat(3) }), { minLength: 1, maxLength: 3 }),
})

/** World 505 of seed 561104538: whoever could take an export in is gone, but for the owner of what is exported. */
const NOBODY_ELSE = {
  organizations: [
    { files: [{ text: 6, size: 9_000, isPrivate: false }], extraMembers: [0], deletesFirst: false },
    { files: [{ text: 2, size: 9_000, isPrivate: true }], extraMembers: [2], deletesFirst: true },
  ],
  goes: [
    { what: 'u', who: 2 },
    { what: 'u', who: 1 },
    { what: 'x', who: 0 },
  ],
}

/** `deleted`: what its owner took away before. */
type Organization = {
  id: string
  slug: string
  owner: User
  texts: string[]
  names: string[]
  deleted: string[]
  hidden: Hidden[]
}
/** A private file: `list` names its ciphertexts, of which `sample` is one. */
type Hidden = { contentId: string; name: string; text: string; list: CID; sample: Uint8Array }
type User = { id: string; email: string; name: string }

const textOf = (run: string, { text, size }: { text: number; size: number }): string =>
  size === 0 ? '' : `${run}:${text}:${size}:`.padEnd(size, `${run}${text}.`)

class Run {
  readonly tag = randomUUIDv7().replaceAll('-', '').slice(-12)
  readonly users: User[] = []
  readonly organizations: Organization[] = []
  readonly store: BlockStore
  readonly committer: IngestCommitter
  readonly worker: ErasureWorker
  readonly directory: string
  readonly keys: Keys

  constructor(directory: string, store: BlockStore, keys: Keys) {
    const { db } = database
    this.directory = directory
    this.keys = keys
    this.store = store
    this.committer = new IngestCommitter({ unitOfWork: db.unitOfWork, logger: silentLogger })
    const gate = { isOpen: () => true }
    this.worker = new ErasureWorker({
      db,
      store,
      releases: new ReleaseWorker({ db, store, gate, nodeId, logger: silentLogger }),
      logger: { ...silentLogger, error: (fields: unknown) => console.error(fields) },
      openMail: (payload) => openMailOrNull(key, payload),
      removeStaged: async () => {},
      bytesPerSecond: 1e12,
    })
  }

  async addUser(): Promise<User> {
    const { kysely, unitOfWork } = database.db
    const id = randomUUIDv7()
    const user = {
      id,
      email: `P${this.users.length}.${this.tag}@Example.org`,
      name: `Name${this.users.length}${this.tag}`,
    }
    this.users.push(user)
    await kysely.insertInto('users').values(user).execute()
    await kysely
      .insertInto('accounts')
      .values({ id: randomUUIDv7(), user_id: id, account_id: id, provider_id: 'credential', password: 'hash' })
      .execute()
    const sessionId = randomUUIDv7()
    const later = new Date(Date.now() + 3_600_000)
    await kysely
      .insertInto('sessions')
      .values({
        id: sessionId,
        user_id: id,
        token: sessionId,
        expires_at: later,
        ip_address: `10.${this.tag}`,
        user_agent: user.name,
      })
      .execute()
    await kysely
      .insertInto('refresh_tokens')
      .values({ id: randomUUIDv7(), session_id: sessionId, token_hash: Buffer.from(sessionId), expires_at: later })
      .execute()
    // The account's own, and one of nobody for the same address.
    for (const owner of [id, null])
      await kysely
        .insertInto('email_tokens')
        .values({
          id: randomUUIDv7(),
          purpose: 'reset-password',
          user_id: owner,
          email: user.email.toLowerCase(),
          token_hash: Buffer.from(randomUUIDv7()),
          expires_at: later,
        })
        .execute()
    await kysely
      .insertInto('verifications')
      .values({ id: randomUUIDv7(), identifier: `x-${user.email}`, value: 'v', expires_at: later })
      .execute()
    await unitOfWork.run(async (uow) => {
      uow.record({
        kind: 'user.created',
        organizationId: null,
        actorId: id,
        subject: id,
        payload: { email: user.email },
      })
      uow.send(
        'send-mail',
        sealMail(key, {
          to: user.email.toLowerCase(),
          content: { template: 'password-changed', link: 'https://x.org/' },
        }),
      )
    })
    return user
  }

  async addOrganization(owner: User): Promise<Organization> {
    const { kysely } = database.db
    const id = randomUUIDv7()
    const organization: Organization = {
      id,
      slug: `org${this.organizations.length}-${this.tag}`,
      owner,
      texts: [],
      names: [],
      deleted: [],
      hidden: [],
    }
    this.organizations.push(organization)
    await kysely.insertInto('organizations').values({ id, name: organization.slug, slug: organization.slug }).execute()
    await this.join(owner, organization, 'owner')
    await kysely
      .insertInto('api_keys')
      .values({
        id: randomUUIDv7(),
        organization_id: id,
        user_id: owner.id,
        name: organization.slug,
        prefix: 'p',
        hash: Buffer.from(id),
        scopes: [],
      })
      .execute()
    await kysely
      .insertInto('idempotency_keys')
      .values({
        scope: id,
        route: 'r',
        key: id,
        fingerprint: Buffer.alloc(1),
        status: 201,
        body: JSON.stringify({ owner: owner.email }),
        subject: null,
      })
      .execute()
    return organization
  }

  async join(user: User, { id }: Organization, role: string): Promise<void> {
    await database.db.kysely
      .insertInto('members')
      .values({ id: randomUUIDv7(), organization_id: id, user_id: user.id, role })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }

  async invite(user: User, { id, owner }: Organization): Promise<void> {
    await database.db.kysely
      .insertInto('invitations')
      .values({
        id: randomUUIDv7(),
        organization_id: id,
        email: user.email,
        inviter_id: owner.id,
        expires_at: new Date(),
        status: 'expired',
      })
      .execute()
  }

  async put(organization: Organization, userId: string, text: string): Promise<string> {
    const contentId = randomUUIDv7()
    const upload = this.store.beginUpload({ realm: 'public', contentId })
    const source = (async function* () {
      if (text !== '') yield Buffer.from(text)
    })()
    const profile = { ...importProfiles['unixfs-v1-2025'] }
    const { root, size } = await importFile(source, { sink: upload, profile })
    const measured = await upload.commit(root)
    const name = `file-${organization.slug}-${organization.texts.length}.txt`
    const pinId = randomUUIDv7()
    await this.committer.commit({
      organizationId: organization.id,
      userId,
      realm: 'public',
      nodeId,
      contentId,
      cid: root.toString(),
      canonicalCid: canonicalCid(root),
      ...measured,
      file: { id: randomUUIDv7(), name, contentType: 'text/plain', size, metadata: { of: organization.slug } },
      pin: { id: pinId },
    })
    this.store.settle(contentId)
    organization.texts.push(text)
    organization.names.push(name)
    return pinId
  }

  get deps(): ImportArchiveDeps & ExportArchiveDeps & Keys & { store: BlockStore } {
    const { store, committer, keys } = this
    return { ...keys, db: database.db, store, committer, nodeId, denied: nothingDenied }
  }

  async hide(organization: Organization, userId: string, text: string): Promise<void> {
    const name = `hidden-${organization.slug}-${organization.hidden.length}.txt`
    const source = (async function* () {
      if (text !== '') yield Buffer.from(text)
    })()
    const { contentId } = await storeContent(
      this.deps,
      { organizationId: organization.id, userId },
      {
        signal: AbortSignal.timeout(60_000),
        visibility: 'private',
        make: (sink) => importFile(source, { sink, profile: importProfiles['unixfs-v1-2025'] }),
        file: { name, contentType: 'text/plain', metadata: { of: organization.slug } },
      },
    )
    organization.hidden.push(await this.hidden(contentId, name, text))
  }

  async hidden(contentId: string, name: string, text: string): Promise<Hidden> {
    const query = database.db.kysely.selectFrom('contents').where('id', '=', contentId).select('cid')
    const list = CID.parse((await query.executeTakeFirstOrThrow()).cid)
    const reader = this.store.reader(PRIVATE_REALM)
    const blocks = decodeBlockList((await reader.get(list)) ?? new Uint8Array())
    // The manifest's head is the last one; its bytes are of this root alone.
    const sample = (await reader.get(blocks.at(-1) as CID)) ?? new Uint8Array()
    return { contentId, name, text, list, sample }
  }

  async segments(): Promise<Buffer> {
    const folder = join(this.directory, 'segments')
    return Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))))
  }

  /** As the verb would: a user's own organizations are those without another member. False when it would refuse. */
  async erase(subject: { user?: User; organization?: Organization }): Promise<Organization[] | undefined> {
    const { db } = database
    const tokenHash = createHash('sha256').update(randomUUIDv7()).digest()
    let gone = subject.organization === undefined ? [] : [subject.organization]
    if (subject.user !== undefined) {
      const { rows } = await db.pool.query(
        `select m.organization_id as id, m.role,
          (select count(*)::int from members o where o.organization_id = m.organization_id and o.user_id <> m.user_id) as others,
          (select count(*)::int from members o where o.organization_id = m.organization_id and o.user_id <> m.user_id and o.role = 'owner') as owners
        from members m where m.user_id = $1`,
        [subject.user.id],
      )
      if (rows.some((row) => row.role === 'owner' && row.others > 0 && row.owners === 0)) return undefined
      const alone = rows.filter((row) => row.others === 0).map((row) => row.id)
      gone = this.organizations.filter(({ id }) => alone.includes(id))
    }
    await db.unitOfWork.run((uow) =>
      beginErasure(uow, {
        kind: subject.user === undefined ? 'organization' : 'user',
        requestedBy: 'self',
        tokenHash,
        actorId: subject.user?.id ?? this.users[0]?.id ?? '',
        user: subject.user ?? null,
        organizationIds: gone.map(({ id }) => id),
      }),
    )
    await this.worker.run()
    const receipt = await findReceipt(db.kysely, tokenHash)
    expect(receipt).toMatchObject({ step: 'done' })
    expect(receipt?.counts['users'] ?? 0).toBe(subject.user === undefined ? 0 : 1)
    expect(receipt?.counts['organizations'] ?? 0).toBe(gone.length)
    return gone
  }
}

/** Rows of tables that belong to an organization, as text: what another's erasure must not change. */
const rowsOf = (dump: ReadonlyMap<string, readonly string[]>, id: string): string[] =>
  ['organizations', 'pins', 'files', 'usage', 'api_keys', 'idempotency_keys'].flatMap((table) =>
    (dump.get(`public.${table}`) ?? []).filter((row) => row.includes(id)),
  )

/** A user's id is taken out of what an organization keeps. */
const without = (rows: string[], userId: string): string[] => rows.map((row) => row.replaceAll(userId, '')).toSorted()

const check = async (
  run: Run,
  dump: Map<string, string[]>,
  left: Organization[],
  goneUsers: User[],
  goneOrganizations: Organization[],
) => {
  expect(
    tablesWith(
      dump,
      goneUsers.flatMap(({ email, name }) => [email, name]),
    ),
  ).toEqual([])
  expect(
    tablesWith(
      dump,
      goneOrganizations.flatMap(({ slug, names }) => [slug, ...names]),
    ),
  ).toEqual([])
  const mails = await database.db.pool.query(`select data from jobs.job where name = 'send-mail'`)
  const addresses = mails.rows.map(({ data }) => openMailOrNull(key, data)?.to)
  for (const { email } of goneUsers) expect(addresses).not.toContain(email.toLowerCase())
  const [held, gone] = [left, goneOrganizations].map((those) => those.flatMap(({ hidden }) => hidden))
  expect(
    tablesWith(
      dump,
      [...(held ?? []), ...(gone ?? [])].map(({ name }) => name),
    ),
  ).toEqual([])
  for (const { id, hidden } of left)
    for (const { contentId, list, text } of hidden) {
      const blocks = await openPrivateRoot(run.deps, { organizationId: id, contentId, list: list.toString() })
      expect((await collect((await openFile(blocks, blocks.root)).read())).toString()).toBe(text)
    }
  const bytes = await run.segments()
  for (const { list, sample } of gone ?? []) {
    expect(run.store.reader(PRIVATE_REALM).locate(list)).toBeUndefined()
    expect(bytes.includes(sample)).toBe(false)
  }
  const kept = new Set(left.flatMap(({ texts }) => texts).filter((text) => text !== ''))
  for (const text of kept) expect(bytes.includes(text), text.slice(0, 20)).toBe(true)
  for (const text of goneOrganizations.flatMap(({ texts, deleted }) => [...texts, ...deleted]))
    if (text !== '' && !kept.has(text)) expect(bytes.includes(text), text.slice(0, 20)).toBe(false)
}

const actorOf = ({ id, owner }: Organization): Actor => ({
  kind: 'session',
  userId: owner.id,
  organizationId: id,
  role: 'owner',
  organizationState: 'active',
  platformRole: 'user',
  scopes: 'all',
  sessionId: 's',
})

const collect = async (bytes: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Exports an organization and takes it into a new one: both hold the same under the same names. */
const moveElsewhere = async (run: Run, from: Organization, user: User): Promise<Organization> => {
  const { db } = database
  const signal = AbortSignal.timeout(60_000)
  const archive = await collect(exportOrganization(run.deps, actorOf(from), from.id, signal))
  const to = await run.addOrganization(user)
  const bytes = (async function* () {
    yield archive
  })()
  await importArchive(run.deps, actorOf(to), to.id, { bytes, signal, maxBytes: 1e9 })
  const filesOf = async (id: string) => {
    const rows = await db.kysely.selectFrom('files').where('organization_id', '=', id).selectAll().execute()
    return (await openFileRows(run.deps, id, rows)).toSorted((a, b) => (a.original_name < b.original_name ? -1 : 1))
  }
  const namesOf = async (id: string): Promise<unknown[]> =>
    (await filesOf(id)).map((row) => [row.cid, row.original_name, row.content_type, row.size, row.visibility])
  expect(await namesOf(to.id)).toEqual(await namesOf(from.id))
  for (const { visibility, content_id: contentId, original_name: name } of await filesOf(to.id)) {
    const its = from.hidden.find((one) => one.name === name)
    if (visibility === 'private') to.hidden.push(await run.hidden(contentId, name, its?.text ?? ''))
  }
  // What it holds names the old one, which may go: the words are the new one's now.
  await db.pool.query(
    `update files set original_name = 'moved-' || id, metadata = '{}' where visibility = 'public' and organization_id = $1`,
    [to.id],
  )
  await db.pool.query(`delete from events where organization_id = $1`, [to.id])
  await db.pool.query(`delete from policy_log where kind = 'file.named'`)
  to.texts.push(...from.texts)
  return to
}

test(`whoever is erased, nothing of them is left, and nothing of others is touched (${RUNS} runs, seed ${SEED})`, {
  timeout: 3_600_000,
}, async () => {
  let erasures = 0
  let exports = 0
  await assert(
    asyncProperty(world, async ({ organizations, goes }) => {
      await database.clear()
      nodeId = await ensureEmbeddedNode(database.db)
      const directory = await mkdtemp(join(tmpdir(), 'hf-erasure-property-'))
      const store = await BlockStore.open({ directory, ...STORE })
      const run = new Run(directory, store, await testKeys(database.db))
      try {
        for (const _ of organizations) await run.addOrganization(await run.addUser())
        const visitor = await run.addUser()
        for (const [index, { files, extraMembers, deletesFirst }] of organizations.entries()) {
          const organization = run.organizations[index]
          if (organization === undefined) continue
          for (const at of extraMembers) {
            const member = run.users[at % run.users.length] ?? visitor
            await run.join(member, organization, 'developer')
            await run.invite(member, organization)
          }
          for (const file of files)
            if (file.isPrivate) await run.hide(organization, organization.owner.id, textOf(run.tag, file))
            else await run.put(organization, organization.owner.id, textOf(run.tag, file))
          if (deletesFirst && files.length > 0) {
            // Deleted by themselves before: the bytes are dead, and still there.
            const pinId = await run.put(
              organization,
              organization.owner.id,
              `${run.tag}deleted${index}`.padEnd(2_000, 'd'),
            )
            await database.db.unitOfWork.run((uow) =>
              removePins(uow, { organizationId: organization.id, pinIds: [pinId], actorId: organization.owner.id }),
            )
            organization.deleted.push(...organization.texts.splice(-1))
          }
        }
        let left = [...run.organizations]
        const goneUsers: User[] = []
        let before = await dumpTables(database.db)
        const goneOrganizations: Organization[] = []
        const eraseOne = async (subject: { user?: User; organization?: Organization }): Promise<void> => {
          const gone = await run.erase(subject)
          if (gone === undefined) return
          erasures++
          left = left.filter((organization) => !gone.includes(organization))
          goneOrganizations.push(...gone)
          if (subject.user !== undefined) goneUsers.push(subject.user)
          const after = await dumpTables(database.db)
          if (subject.user === undefined)
            for (const { id } of left) expect(rowsOf(after, id)).toEqual(rowsOf(before, id))
          else {
            const userId = subject.user.id
            const isOthers = (row: string): boolean =>
              !row.toLowerCase().includes((subject.user?.email ?? '').toLowerCase())
            for (const { id } of left) {
              const kept = rowsOf(before, id).filter((row) => isOthers(row) && !/^\(.*,p,/.test(row))
              expect(
                without(
                  rowsOf(after, id).filter((row) => !/^\(.*,p,/.test(row)),
                  userId,
                ),
              ).toEqual(without(kept, userId))
            }
          }
          await check(run, after, left, goneUsers, goneOrganizations)
          before = after
        }
        for (const { what, who } of goes) {
          const organization = left[who % Math.max(1, left.length)]
          const users = run.users.filter((user) => !goneUsers.includes(user))
          const user = users[who % Math.max(1, users.length)]
          if (what === 'u' && user !== undefined) await eraseOne({ user })
          else if (organization !== undefined) {
            if (what === 'x') {
              // Whoever else is left; its own owner when nobody is.
              const taker = users.find((one) => one !== organization.owner) ?? organization.owner
              left.push(await moveElsewhere(run, organization, taker))
              exports++
              before = await dumpTables(database.db)
            }
            await eraseOne({ organization })
          }
        }
        // To the end: then nothing at all is left.
        for (const organization of left) await eraseOne({ organization })
        for (const user of run.users) if (!goneUsers.includes(user)) await eraseOne({ user })
        expect(tablesWith(await dumpTables(database.db), [run.tag])).toEqual([])
        await store.idle()
        expect((await run.segments()).includes(run.tag)).toBe(false)
        for (const table of [
          'contents',
          'tombstones',
          'pins',
          'files',
          'erasure_contents',
          'audit_actors',
          'root_keys',
          'tenant_keys',
        ])
          expect((await database.db.pool.query(`select from ${table}`)).rowCount, table).toBe(0)
      } finally {
        await run.committer.close()
        await store.close()
        await rm(directory, { recursive: true })
      }
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: RUNS > 100, examples: [[NOBODY_ELSE]] },
  )
  console.log(`${RUNS} worlds, ${erasures} erasures, ${exports} exports, seed ${SEED}`)
  expect(erasures).toBeGreaterThan(RUNS * 3)
})
