import { createHash, randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheCar } from '@packages/content/car/cache-car'
import { carV1, cborBlock, inPieces, rawBlock } from '@packages/content/car/test-cars'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AskHost, askHost } from './test-support/ask-host.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'
import { storeFolder } from './test-support/store-folder.ts'

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()
const modern = (text: string): string => `//${base58btc.encode(Digest.create(0x12, sha256(text)).bytes).slice(1)}`
const legacy = (text: string): string => `//${sha256(text).toString('hex')}`
const bare = (cid: string): string => base58btc.encode(CID.parse(cid).multihash.bytes).slice(1)

type RuleForm = [clause: string, rule: (root: string, path: string) => string]
const OF_CONTENT: RuleForm[] = [
  ['/ipfs/CID/PATH', (cid, path) => `/ipfs/${cid}/${path}`],
  ['//HASH of CID/PATH', (cid, path) => modern(`${bare(cid)}/${path}`)],
  ['//sha256, legacy, of CID/PATH', (cid, path) => legacy(`${cid}/${path}`)],
]
const OF_NAMES: RuleForm[] = [
  ['/ipns/NAME/PATH', (name, path) => `/ipns/${name}/${path}`],
  ['//HASH of /ipns/NAME/PATH', (name, path) => modern(`/ipns/${name}/${path}`)],
  ['//sha256, legacy, of NAME/PATH', (name, path) => legacy(`${name}/${path}`)],
]
const SITE = {
  'site/index.html': 'home',
  'site/docs/index.html': 'page',
  'site/docs/deep/a.txt': 'a',
  'site/_redirects': '/old/* /docs/deep/a.txt 200\n',
  'b/c.txt': 'c',
}
/** More than a directory of one block may have. */
const MANY = Object.fromEntries(Array.from({ length: 1_200 }, (_, at) => [`many/${at}-${'x'.repeat(220)}`, 'x']))
const [one, other] = [rawBlock('one'), rawBlock('other')]
const document = cborBlock({ here: { list: [other.cid, one.cid] } })

let folder: string
let file: string
let t: TestGateway
let ask: AskHost
let site: string
let sharded: string
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
  sharded = (await storeFolder(t.store, MANY)).root
  const car = carV1([document.cid], [document, one, other])
  await cacheCar(inPieces(car), { store: t.store, contentId: randomUUIDv7(), maxBytes: 10_000 })
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
  rules.push(modern(`${bare(sharded)}/many/777-${'x'.repeat(220)}`))
  rules.push(modern(`${bare(document.cid.toString())}/here/list/1`))
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
const inside = (): string[] => [
  ...archives(`/ipfs/${sharded}`),
  ...archives(`/ipfs/${sharded}/many`),
  `/ipfs/${document.cid}?format=car`,
  `/ipfs/${document.cid}?format=car&car-dups=y`,
]

describe('compact denylist format, rules about a path below a root (IPIP-383)', () => {
  it('without them all is served', async () => {
    const paths = [...roots.flatMap((root) => [...above(root), ...beside(root)]), ...inside()]
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

  it('//HASH of CID/PATH: an entry of a sharded directory, a link of DAG-CBOR', async () => {
    expect(await statuses(inside())).toEqual(all(inside(), 410))
  })

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
