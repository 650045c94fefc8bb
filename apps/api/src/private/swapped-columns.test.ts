import { randomBytes } from 'node:crypto'
import { SEALED_COLUMNS, type SealedColumn } from '@packages/db/sealed-columns'
import { UnsealError } from '@packages/runtime/sealing-key'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OidcFlows } from '../features/auth/oidc/oidc-flows.ts'
import { buildSecondApi, type TestUser } from '../testing/test-api.ts'
import { FORM_HEADERS, filePart, formBody } from '../testing/multipart-form.ts'
import { startTestUploads, type TestUploads, uploadMetadata } from '../testing/test-uploads.ts'

/** Somebody with the database in hand gives the sealed text of one row to another one. */

let t: TestUploads
let stranger: TestUser
beforeAll(async () => {
  t = await startTestUploads()
  stranger = await t.api.addUser(t.user)
})
afterAll(() => t.stop())

type Made = { id: string; key: string; as: TestUser; secret: string }

const secretWord = (): string => `secret-${randomBytes(6).toString('hex')}`

const uploadFile = async (as: TestUser, secret: string, key: string) => {
  const payload = formBody([
    { name: 'metadata', body: JSON.stringify({ note: secret }) },
    filePart(secret, `${secret}.txt`),
  ])
  const headers = { ...as.headers, ...FORM_HEADERS, 'idempotency-key': key }
  return t.api.app.inject({ method: 'POST', url: '/api/v1/files/upload?visibility=private', headers, payload })
}

const makeFile = async (as: TestUser): Promise<Made> => {
  const [secret, key] = [secretWord(), secretWord()]
  const reply = await uploadFile(as, secret, key)
  return { id: reply.json().file.id, key, as, secret }
}

const makeUpload = async (as: TestUser): Promise<Made> => {
  const secret = secretWord()
  const headers = {
    ...as.headers,
    'tus-resumable': '1.0.0',
    'upload-length': '3',
    'upload-metadata': uploadMetadata({ filename: secret, visibility: 'private' }),
  }
  const reply = await t.api.app.inject({ method: 'POST', url: '/api/v1/uploads', headers })
  expect(reply.statusCode).toBe(201)
  const row = await t.api.db.kysely.selectFrom('uploads').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow()
  return { id: row.id, key: String(reply.headers.location), as, secret }
}

const makeFolder = async (as: TestUser): Promise<Made> => {
  const secret = secretWord()
  const entries = [{ path: 'empty', size: 0 }]
  const body = { name: secret, metadata: { note: secret }, entries, visibility: 'private' }
  const reply = await t.api.call('POST', '/api/v1/uploads/folders', { body, as: as.headers })
  const { id } = await t.api.db.kysely
    .selectFrom('upload_folders')
    .select('id')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow()
  return { id, key: reply.json().id, as, secret }
}

const get = (path: string, { as }: Made) => t.api.call('GET', path, { as: as.headers })

type Case = {
  make(as: TestUser): Promise<Made>
  /** Of the row, which `id` is by `column`. */
  row: { column: string; of(made: Made): Promise<string> }
  read(made: Made): Promise<{ statusCode: number; body: string }>
  /** Columns of the same row whose sealed text could stand here. */
  beside?: string[]
}

const byId = { column: 'id', of: async ({ id }: Made) => id }
const ofFile: Pick<Case, 'make' | 'row' | 'read'> = {
  make: makeFile,
  row: byId,
  read: (made) => get(`/api/v1/files/${made.id}`, made),
}

/** Of keys and of the platform’s own, with tests of their own: below, in `second-factor.test.ts`, `added-nodes.test.ts` and `ipns.test.ts`. */
const ELSEWHERE = [
  'signing_keys.private_sealed',
  'two_factors.secret_sealed',
  'oidc_logins.sealed',
  'nodes.token_sealed',
  'ipns_keys.private_sealed',
] as const

const CASES: Record<Exclude<SealedColumn, (typeof ELSEWHERE)[number]>, Case> = {
  'files.cid': { ...ofFile, beside: ['original_name'] },
  'files.original_name': { ...ofFile, beside: ['cid'] },
  'files.metadata': ofFile,
  'pins.cid': {
    make: async (as) => {
      const file = await makeFile(as)
      const { pin_id: id } = await t.api.db.kysely
        .selectFrom('files')
        .select('pin_id')
        .where('id', '=', file.id)
        .executeTakeFirstOrThrow()
      return { ...file, id }
    },
    row: byId,
    read: (made) => get(`/api/v1/pins/${made.id}/status`, made),
  },
  'uploads.metadata': { make: makeUpload, row: byId, read: (made) => get(made.key, made) },
  'upload_folders.name': {
    make: makeFolder,
    row: byId,
    read: (made) => get(`/api/v1/uploads/folders/${made.key}`, made),
  },
  'upload_folders.metadata': {
    make: makeFolder,
    row: byId,
    read: ({ key, as }) => t.api.call('POST', `/api/v1/uploads/folders/${key}/complete`, { as: as.headers }),
  },
  'idempotency_keys.body': {
    make: makeFile,
    row: { column: 'subject', of: async ({ id }) => id },
    read: ({ as, secret, key }) => uploadFile(as, secret, key),
  },
}

const whereOf = async (row: Case['row'], made: Made) => sql`${sql.ref(row.column)}::text = ${await row.of(made)}`

describe.each(Object.entries(CASES))('%s', (name, { make, row, read, beside = [] }) => {
  const [table = '', column = ''] = name.split('.')

  test('opens in its own row, and not with what is sealed in another row, another column or another organization', async () => {
    const [mine, mine2, theirs] = [await make(t.user), await make(t.user), await make(stranger)]
    const valueOf = async (made: Made, of = column): Promise<unknown> => {
      const { rows } = await sql<{ value: unknown }>`
        select ${sql.ref(of)} as value from ${sql.table(table)} where ${await whereOf(row, made)}
      `.execute(t.api.db.kysely)
      return rows[0]?.value
    }
    const own = await valueOf(mine)
    const shown = JSON.stringify(own)
    expect(shown).toContain('sealed')
    expect(shown).not.toContain(mine.secret)
    const put = async (value: unknown): Promise<void> => {
      const stored = typeof value === 'string' ? value : JSON.stringify(value)
      const cast = typeof value === 'string' ? sql`` : sql`::jsonb`
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${stored}${cast} where ${await whereOf(row, mine)}`.execute(
        t.api.db.kysely,
      )
    }
    const others = [
      await valueOf(mine2),
      await valueOf(theirs),
      ...(await Promise.all(beside.map((of) => valueOf(mine, of)))),
    ]
    for (const [index, other] of others.entries()) {
      expect(other, String(index)).not.toEqual(own)
      await put(other)
      const reply = await read(mine)
      expect([index, reply.statusCode]).toEqual([index, 500])
      for (const { secret } of [mine, mine2, theirs]) expect(reply.body).not.toContain(secret)
      await put(own)
    }
    expect((await read(mine)).statusCode).toBeLessThan(300)
  })
})

test('each column that a tenant’s key seals has a case, and so have the platform’s', () => {
  expect([...Object.keys(CASES), ...ELSEWHERE].sort()).toEqual(Object.keys(SEALED_COLUMNS).sort())
})

test('signing_keys.private_sealed opens in its own row alone: nothing is signed by a key that was given another’s name', async () => {
  const { kysely } = t.api.db
  const { kid: of } = await kysely.selectFrom('signing_keys').select('kid').executeTakeFirstOrThrow()
  const kid = crypto.randomUUID()
  await kysely.updateTable('signing_keys').set({ kid }).where('kid', '=', of).execute()
  const second = await buildSecondApi(t.api)
  const { email, password } = t.user
  const reply = await second.call('POST', '/api/v1/auth/login', { body: { email, password } })
  expect(reply.statusCode).toBe(200)
  const [header = ''] = String(reply.json().accessToken).split('.')
  const signedBy = JSON.parse(Buffer.from(header, 'base64url').toString()).kid
  expect([of, kid]).not.toContain(signedBy)
  await second.stop()
})

test('oidc_logins.sealed opens in its own row alone', async () => {
  const { masterKey, db } = t.api
  const flows = new OidcFlows({ kysely: db.kysely, masterKey })
  const [mine] = [await flows.begin({ purpose: 'sign-in' }), await flows.begin({ purpose: 'sign-in' })]
  await sql`update oidc_logins l set sealed = o.sealed from oidc_logins o where o.id <> l.id`.execute(db.kysely)
  await expect(flows.take(mine.state, mine.browser)).rejects.toThrow(UnsealError)
})
