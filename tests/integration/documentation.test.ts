import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** The files that a page links to, from the project's root; links to elsewhere and to places in the page itself are left out. */
const linksOf = (page: string): string[] =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target]) => target as string)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => normalize(join(dirname(page), target)))

/** Every page that somebody gets to who begins with the README and follows links. */
const reached = (): Map<string, string[]> => {
  const pages = new Map<string, string[]>()
  const toRead = ['README.md']
  for (let page = toRead.pop(); page !== undefined; page = toRead.pop()) {
    if (pages.has(page)) continue
    const links = linksOf(page)
    pages.set(page, links)
    toRead.push(...links.filter((link) => link.endsWith('.md') && existsSync(join(ROOT, link))))
  }
  return pages
}

test('every link of the documentation leads to a file', () => {
  const dead = [...reached()].flatMap(([page, links]) =>
    links.filter((link) => !existsSync(join(ROOT, link))).map((link) => `${page} → ${link}`),
  )
  expect(dead).toEqual([])
})

test('whoever begins with the README finds every page of the documentation', () => {
  const pages = reached()
  // Decisions are found by their numbers, which the list of them explains.
  const written = globSync('docs/**/*.md', { cwd: ROOT, exclude: ['docs/adr/[0-9]*.md'] })
  expect(written.length).toBeGreaterThan(30)
  expect(written.filter((page) => !pages.has(page)).sort()).toEqual([])
})

test('every command that operators run is named by the README or a page that it leads to', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const text = [...reached().keys()].map((page) => readFileSync(join(ROOT, page), 'utf8')).join('\n')
  const forOperators = Object.keys(scripts).filter((name) => /^(audit|store|ipfs|gateway|cdn|keys|mfa|db):/.test(name))
  expect(forOperators.filter((name) => !text.includes(name))).toEqual([])
})
