import { expect, test } from 'vitest'
import { DATA_MAP } from '../data-map.ts'
import { ERASURE_RULES } from '../erasure/erasure-rules.ts'
import { exportedColumns } from './export-rows.ts'
import { EXPORT_RULES } from './export-rules.ts'

test('what an erasure takes an export has, or it is said why not', () => {
  for (const [table, rule] of Object.entries(ERASURE_RULES))
    for (const kind of ['user', 'organization'] as const) {
      if (rule[kind] === '-') continue
      const exported = EXPORT_RULES[table]
      const isShown = exported?.[kind] !== undefined || exported?.withheld !== undefined
      // Content hangs on the organization; a user's own rows name it.
      if (!isShown && !(kind === 'user' && rule.user === 'contents')) expect(`${table} of ${kind}`).toBe('exported')
    }
})

test('every column of an exported table is exported, unless it is a secret', () => {
  for (const [table, { withheld }] of Object.entries(EXPORT_RULES)) {
    if (withheld !== undefined) continue
    const { personal = '', link = '', plain = '', secret = '' } = DATA_MAP[table] ?? {}
    const all = `${personal} ${link} ${plain}`.split(' ').filter((column) => column !== '')
    expect(exportedColumns(table).toSorted(), table).toEqual(all.filter((column) => column !== 'client').toSorted())
    for (const column of secret.split(' ')) expect(exportedColumns(table), table).not.toContain(column)
  }
})
