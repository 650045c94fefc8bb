import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { declaredRoutes } from '@apps/api/openapi/declared-routes'
import { checkSync } from 'recheck'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { z } from 'zod'

/**
 * No regular expression of ours takes more than linear time, whatever it is given: each one is read from the sources and
 * judged by recheck (an automaton where it can be one, a fuzzer where not); those that zod brings, by the routes' schemas.
 */
const root = fileURLToPath(new URL('../../../', import.meta.url))

const files = globSync('{apps,packages,services,scripts}/**/*.{ts,tsx,js,cjs,mjs}', {
  cwd: root,
  exclude: (name) => /(^|\/)(node_modules|\.next|out|dist|vectors)$|\.test\.tsx?$/.test(String(name)),
})

type Found = { source: string; flags: string; where: string }

const isRegExp = (node: ts.Node): node is ts.NewExpression | ts.CallExpression =>
  (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
  ts.isIdentifier(node.expression) &&
  node.expression.text === 'RegExp'

/** Literals of one file, and places that build an expression from text. */
const expressionsIn = (name: string, text: string): { literals: Found[]; built: string[] } => {
  const literals: Found[] = []
  const built: string[] = []
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, false)
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      literals.push({ source: node.text.slice(1, end), flags: node.text.slice(end + 1), where: name })
    }
    if (isRegExp(node)) built.push(name)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { literals, built }
}

const read = files.map((name) => expressionsIn(name, readFileSync(`${root}${name}`, 'utf8')))

const patternsOf = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return []
  const own = 'pattern' in value && typeof value.pattern === 'string' ? [value.pattern] : []
  return [...own, ...Object.values(value).flatMap(patternsOf)]
}

const published = (await declaredRoutes()).flatMap(({ url, schema }) =>
  Object.values(schema ?? {})
    .filter((one) => one instanceof z.ZodType)
    .flatMap((one) => patternsOf(z.toJSONSchema(one, { io: 'input', unrepresentable: 'any' })))
    .map((source): Found => ({ source, flags: 'u', where: url })),
)

/** A time limit would call it unknown on a busy machine. */
const verdict = ({ source, flags }: Found): string => checkSync(source, flags, { timeout: null }).status

it('tells an expression that can be kept busy from one that cannot', () => {
  const bad = ['^(a+)+$', '^\\s+|\\s+$', '(?:x|x)*y', '^([^<>@]{1,100}?)\\s*<']
  expect(bad.map((source) => verdict({ source, flags: '', where: '' }))).toEqual(bad.map(() => 'vulnerable'))
  const found = expressionsIn('x.tsx', 'const a = <p>{/b+/iu.test(c)}</p>; new RegExp(d); RegExp("e")')
  expect(found).toEqual({
    literals: [{ source: 'b+', flags: 'iu', where: 'x.tsx' }],
    built: ['x.tsx', 'x.tsx'],
  })
})

it('builds none from text, which could come from anywhere', () => {
  expect(read.flatMap(({ built }) => built)).toEqual([])
})

it('has none that can be kept busy', { timeout: 900_000 }, () => {
  expect(published.length).toBeGreaterThan(20)
  const all = new Map(
    [...read.flatMap(({ literals }) => literals), ...published].map((one) => [`/${one.source}/${one.flags}`, one]),
  )
  expect(all.size).toBeGreaterThan(110)
  const unsafe = [...all].flatMap(([shown, one]) => {
    const status = verdict(one)
    return status === 'safe' ? [] : [`${status}: ${one.where} ${shown}`]
  })
  expect(unsafe).toEqual([])
})
