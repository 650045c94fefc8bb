import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rawBlock } from '@packages/content/car/test-cars'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AskHost, askHost } from './test-support/ask-host.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'
import { storeFolder } from './test-support/store-folder.ts'

type RuleForm = [clause: string, rule: (root: string, path: string) => string]
const OF_CONTENT: RuleForm[] = [['/ipfs/CID/PATH', (cid, path) => `/ipfs/${cid}/${path}`]]
const OF_NAMES: RuleForm[] = [['/ipns/NAME/PATH', (name, path) => `/ipns/${name}/${path}`]]
const SITE = {
  'site/index.html': 'home',
  'site/docs/index.html': 'page',
  'site/docs/deep/a.txt': 'a',
  'site/_redirects': '/old/* /docs/deep/a.txt 200\n',
  'b/c.txt': 'c',
}
let folder: string
let file: string
let t: TestGateway
let ask: AskHost
let site: string
const roots: string[] = []
const rules: string[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-denied-paths-'))
  file = join(folder, 'own.deny')
  await writeFile(file, '')
  const map = new Map<string, string>()
  t = await startTestGateway({
    denylists: [file],
    dnslinks: { map, lookUp: async () => null },
    sites: { subdomainHosts: [], dnslinkHosts: ['*.sites.example'] },
  })
  ask = askHost(t.gateway.port)
  site = (await storeFolder(t.store, SITE)).root
  for (const [form, [, rule]] of OF_CONTENT.entries()) {
    const { root } = await storeFolder(t.store, { ...SITE, form: `${form}` })
    roots.push(root)
    rules.push(rule(root, 'site/docs/deep/a.txt'))
  }
  for (const [form, [, rule]] of OF_NAMES.entries()) {
    for (const kind of ['own', 'led']) map.set(`${kind}${form}.sites.example`, `/ipns/to-${kind}${form}.example/site`)
    for (const kind of ['own', 'led']) map.set(`to-${kind}${form}.example`, `/ipfs/${site}`)
    rules.push(rule(`own${form}.sites.example`, 'docs/index.html'), rule(`own${form}.sites.example`, 'docs/deep/a.txt'))
    rules.push(
      rule(`to-led${form}.example`, 'site/docs/index.html'),
      rule(`to-led${form}.example`, 'site/docs/deep/a.txt'),
    )
  }
})
afterAll(async () => {
  await t?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** In force from here on: a rule about something else, which is new each time, says that the list was read. */
let told = 0
const deny = async (...lines: string[]): Promise<void> => {
  const { cid } = rawBlock(`told ${told++}`)
  await writeFile(file, [...lines, `/ipfs/${cid}`, ''].join('\n'))
  await vi.waitFor(async () => expect(await statuses([`/ipfs/${cid}`])).toEqual([[`/ipfs/${cid}`, 410]]), {
    timeout: 15_000,
    interval: 20,
  })
}

const statuses = (paths: string[], init: RequestInit = {}): Promise<[string, number][]> =>
  Promise.all(
    paths.map(async (path) => {
      const response = await fetch(`${t.url}${path}`, init)
      await response.arrayBuffer()
      return [path, response.status]
    }),
  )
const all = (paths: string[], status: number): [string, number][] => paths.map((path) => [path, status])

const archives = (at: string): string[] => [`${at}?format=tar`, `${at}?format=car`, `${at}?format=car&car-dups=y`]
const above = (root: string): string[] =>
  ['', '/site', '/site/docs', '/site/docs/deep'].flatMap((path) => archives(`/ipfs/${root}${path}`))
const beside = (root: string): string[] => [
  ...archives(`/ipfs/${root}/b`),
  `/ipfs/${root}?format=car&dag-scope=entity`,
  `/ipfs/${root}/site/docs/deep?format=raw`,
  `/ipfs/${root}/site/docs/deep/`,
]
const byName = (name: string): string[] => [
  ...archives(`/ipns/${name}`),
  ...archives(`/ipns/${name}/docs`),
  `/ipns/${name}/docs/`,
]
describe('compact denylist format, rules about a path below a root (IPIP-383)', () => {
  it('without them all is served', async () => {
    const paths = roots.flatMap((root) => [...above(root), ...beside(root)])
    for (const form of OF_NAMES.keys())
      paths.push(...byName(`own${form}.sites.example`), ...byName(`led${form}.sites.example`))
    expect(await statuses(paths)).toEqual(all(paths, 200))
    expect((await ask('own0.sites.example', '/old/x')).body).toBe('a')
    await deny(...rules)
  })

  it.each(OF_CONTENT.map(([clause], form) => ({ clause, form })))(
    '$clause: no TAR and no CAR of a folder above it, HEAD and conditional requests included',
    async ({ form }) => {
      const root = roots[form] as string
      const whole = above(root)
      const refused = all(whole, 410)
      expect(await statuses(whole)).toEqual(refused)
      expect(await statuses(whole, { method: 'HEAD' })).toEqual(refused)
      expect(await statuses(whole, { headers: { 'If-None-Match': '*' } })).toEqual(refused)
      expect(await statuses(beside(root))).toEqual(all(beside(root), 200))
    },
  )

  it.each(OF_NAMES.map(([clause], form) => ({ clause, form })))(
    '$clause: no TAR, CAR or page by that name or by one that leads to it, nor by _redirects',
    async ({ form }) => {
      for (const name of [`own${form}.sites.example`, `led${form}.sites.example`]) {
        expect(await statuses(byName(name))).toEqual(all(byName(name), 410))
        expect((await ask(name, '/old/x')).status).toBe(410)
        expect(await statuses([`/ipns/${name}/`])).toEqual([[`/ipns/${name}/`, 200]])
      }
      expect(await statuses(above(site))).toEqual(all(above(site), 200))
    },
  )

  it('!/ipfs/CID/PATH/*: the last rule that fits wins', async () => {
    await deny(...rules, ...roots.map((root) => `!/ipfs/${root}/site/*`))
    for (const root of roots) expect(await statuses(above(root))).toEqual(all(above(root), 200))
  })
})
