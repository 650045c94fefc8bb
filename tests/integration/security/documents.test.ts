import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dataMapPage } from '@packages/db/data-map-page'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** What `docs/security` says is shown by a test is named as `path › title`, and each one has to be there (ADR 0119). */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (name: string): string => readFileSync(`${root}${name}`, 'utf8')
const pages = [...globSync('docs/security/*.md', { cwd: root }), 'SECURITY.md'].sort()

/** Titles of the tests of a file, as they are written: those of tables with their placeholders. */
const titlesIn = (text: string): Set<string> => {
  const titles = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      let called: ts.Node = node.expression
      while (ts.isCallExpression(called) || ts.isPropertyAccessExpression(called)) called = called.expression
      const [title] = node.arguments
      if (ts.isIdentifier(called) && /^(it|test)$/.test(called.text) && title && ts.isStringLiteralLike(title))
        titles.add(title.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, false))
  return titles
}

const REFERENCE = /`([^`›]+\.test\.tsx?) › ([^`]+)`/g

const missing = (text: string): string[] =>
  [...text.matchAll(REFERENCE)].flatMap(([whole, path = '', title = '']) => {
    const there = globSync(path, { cwd: root }).length === 1 && titlesIn(read(path)).has(title)
    return there ? [] : [whole]
  })

const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('|-'))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    )

describe('the search', () => {
  it('finds a test that is not there, and one that has another title', () => {
    const here = 'tests/integration/security/documents.test.ts'
    expect(missing(`\`${here} › each test that is named is there: %s\``)).toEqual([])
    expect(missing(`\`${here} › is named and gone\``)).toHaveLength(1)
    expect(missing('`apps/nowhere.test.ts › x`')).toHaveLength(1)
    expect(titlesIn('it.each([1])("a %s", () => {}); test.skip("b", f); describe("c", f); it(`d`, f)')).toEqual(
      new Set(['a %s', 'b', 'd']),
    )
  })
})

it.each(pages)('each test that is named is there: %s', (page) => {
  expect(missing(read(page))).toEqual([])
})

it.each(['asvs', 'threat-model', 'soc2', 'retention', 'penetration-tests'])(
  'each row names a test, or says that nothing is shown: %s',
  (name) => {
    const [, ...rows] = rowsOf(read(`docs/security/${name}.md`).split('## What was found')[0] ?? '')
    expect(rows.length).toBeGreaterThan(10)
    const vague = rows.filter((row) => {
      const said = row.at(-1) ?? ''
      const tests = said.split('<br>').every((one) => /^`[^`›]+\.test\.tsx? › [^`]+`$/.test(one))
      return !tests && !/^(not met|not run)( \([^)]+\))?$|^does not apply: \S/.test(said)
    })
    expect(vague).toEqual([])
  },
)

it('the table of ASVS has each requirement of levels 1 and 2 once, and counts them rightly', () => {
  const text = read('docs/security/asvs.md')
  const [, ...rows] = rowsOf(text)
  expect(new Set(rows.map(([id]) => id)).size).toBe(253)
  expect(rows).toHaveLength(253)
  const count = (pattern: RegExp) => rows.filter((row) => pattern.test(row.at(-1) ?? '')).length
  const [shown, not, other] = [count(/^`/), count(/^not met/), count(/^does not apply/)]
  expect(text).toContain(`${shown} rows name tests, ${not} are not met, ${other} do not apply.`)
})

it('the data map is current', () => {
  expect(read('docs/security/data-map.md')).toBe(dataMapPage())
})

it('SECURITY.md leads to pages that are there', () => {
  const links = [...read('SECURITY.md').matchAll(/\]\(([^)]+)\)/g)].map(([, path = '']) => path)
  expect(links.length).toBeGreaterThan(6)
  expect(links.filter((path) => globSync(path, { cwd: root }).length === 0)).toEqual([])
})
