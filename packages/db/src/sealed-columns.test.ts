import { randomBytes } from 'node:crypto'
import { SealingKey, UnsealError } from '@packages/runtime/sealing-key'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DATA_MAP } from './data-map.ts'
import { openColumn, sealColumn, SEALED_COLUMNS, type SealedColumn, type SealedPlace } from './sealed-columns.ts'
import { startTestDatabase, type TestDatabase } from './test-database.ts'

const COLUMNS = Object.keys(SEALED_COLUMNS) as SealedColumn[]
const [one, two] = ['0190d0c0-0000-7000-8000-000000000001', '0190d0c0-0000-7000-8000-000000000002'] as const

/** Two rows of each column, of two tenants and of nobody: one key for all, so that the place alone tells them apart. */
const key = new SealingKey(randomBytes(32))
const places: SealedPlace[] = COLUMNS.flatMap((column) =>
  [one, two].flatMap((row) => [one, two, null].map((tenant) => ({ column, row, tenant }))),
)

describe('what is sealed in a column', () => {
  test('opens where it was sealed', () => {
    for (const place of places)
      expect(openColumn(key, place, sealColumn(key, place, Buffer.from('a'))).toString()).toBe('a')
  })

  test('opens in no other row, column or organization', () => {
    const sealed = places.map((place) => sealColumn(key, place, Buffer.from('a')))
    for (const [from, bytes] of sealed.entries())
      for (const [to, place] of places.entries())
        if (from !== to) expect(() => openColumn(key, place, bytes), `${from} ${to}`).toThrow(UnsealError)
  })

  test('opens nowhere under the key of somebody else, or changed by a bit', () => {
    for (const place of places) {
      const sealed = sealColumn(key, place, Buffer.from('a'))
      expect(() => openColumn(new SealingKey(randomBytes(32)), place, sealed)).toThrow(UnsealError)
      for (let at = 0; at < sealed.length; at++) {
        const changed = Buffer.from(sealed)
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
        expect(() => openColumn(key, place, changed)).toThrow(UnsealError)
      }
    }
  })

  test('does not run into the next part of its place', () => {
    const sealed = sealColumn(key, { column: 'pins.cid', row: 'a","b', tenant: 'c' }, Buffer.from('a'))
    for (const [row, tenant] of [
      ['b', 'c","a'],
      ['b"', 'c","a"'],
      ['a', 'c'],
      ['', 'ca","b'],
    ] as const)
      expect(() => openColumn(key, { column: 'pins.cid', row, tenant }, sealed)).toThrow(UnsealError)
  })

  test.each([
    ['files.cid', 'files/cid/x'],
    ['files.original_name', 'files/original_name/x'],
    ['files.metadata', 'files/metadata/x'],
    ['pins.cid', 'pins/cid/x'],
    ['signing_keys.private_sealed', 'signing_keys/x'],
    ['two_factors.secret_sealed', 'two_factors/x'],
    ['oidc_logins.sealed', 'oidc-login/x'],
  ] as const)('opens from earlier versions, and nowhere else: %s', (column, context) => {
    const sealed = key.seal(Buffer.from('a'), context)
    expect(openColumn(key, { column, row: 'x', tenant: one }, sealed).toString()).toBe('a')
    for (const other of COLUMNS)
      for (const row of ['x', 'y'])
        if (other !== column || row !== 'x')
          expect(() => openColumn(key, { column: other, row, tenant: one }, sealed)).toThrow(UnsealError)
  })
})

describe('the list of sealed columns', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await startTestDatabase()
  })
  afterAll(() => database.stop())

  test('names columns that there are, and that the data map calls personal or secret', async () => {
    const { rows } = await sql<{ name: string }>`
      select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'
    `.execute(database.db.kysely)
    const there = new Set(rows.map(({ name }) => name))
    for (const column of COLUMNS) {
      expect(there, column).toContain(column)
      const [table = '', name = ''] = column.split('.')
      const { personal = '', secret = '' } = DATA_MAP[table] ?? {}
      expect(`${personal} ${secret}`.split(' '), column).toContain(name)
    }
  })

  test('has each column that says by its name that it is sealed', async () => {
    const { rows } = await sql<{ name: string }>`
      select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and (column_name like '%\\_sealed' or column_name = 'sealed')
    `.execute(database.db.kysely)
    expect(rows.map(({ name }) => name).filter((name) => !COLUMNS.includes(name as SealedColumn))).toEqual([])
  })
})
