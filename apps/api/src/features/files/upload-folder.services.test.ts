import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody, type FormPart } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

const run = promisify(execFile)

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let user: TestUser
let folder: string

beforeAll(async () => {
  api = await buildTestContentApi()
  user = await api.setUp()
  folder = await mkdtemp(path.join(tmpdir(), 'hf-folders-'))
})
afterAll(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Files by path; a path that ends in `/` is an empty directory. */
type Tree = Map<string, string>

const many = (count: number, path: (n: number) => string): Tree =>
  new Map(Array.from({ length: count }, (_, n) => [path(n), n % 1000 === 0 ? 'x'.repeat(300_000 + n) : `file ${n}`]))

const TREES: Record<string, Tree> = {
  'a small folder': new Map([
    ['a.txt', 'hello'],
    ['sub/deeper/b.txt', 'world'],
    ['void/', ''],
    ['sub/void/', ''],
    ['empty', ''],
  ]),
  'names of all kinds': new Map(
    ['Grüße', '東京 🚀', 'e\u0301', '\u00e9', 'a"b', 'a\nb', '%2e%2e', ' ', '.hidden', 'Z', 'z', 'a\\b'].map((name) => [
      name,
      name,
    ]),
  ),
  'a folder that is sharded': many(6_000, (n) => `a rather long name of a file ${n}.txt`),
  '20,000 files in 100 folders and one of 5,000': new Map([
    ...many(15_000, (n) => `${n % 100}/${n}.txt`),
    ...many(5_000, (n) => `flat/${n}.some-longer-ending-so-that-it-becomes-a-shard`),
  ]),
}

const writeTree = async (tree: Tree, into: string): Promise<void> => {
  for (const [name, text] of tree) {
    const target = path.join(into, name)
    await mkdir(name.endsWith('/') ? target : path.dirname(target), { recursive: true })
    if (!name.endsWith('/')) await writeFile(target, text)
  }
}

const escaped = (name: string): string => name.replaceAll('"', '%22').replaceAll('\n', '%0A')

const upload = async (fields: Record<string, string>, tree: Tree): Promise<string> => {
  const parts: FormPart[] = Object.entries(fields).map(([name, body]) => ({ name, body }))
  for (const [name, text] of [...tree].toReversed()) parts.push(filePart(text, `top/${escaped(name)}`))
  const reply = await api.app.inject({
    method: 'POST',
    url: '/api/v1/files/upload',
    headers: { ...user.headers, ...FORM_HEADERS },
    payload: formBody(parts),
  })
  if (reply.statusCode !== 201) throw new Error(reply.body)
  return String(reply.json().file.cid)
}

describe.each(['unixfs-v1-2025', 'unixfs-v0-2015'])('a folder by profile %s', (profile) => {
  let env: NodeJS.ProcessEnv
  beforeAll(async () => {
    const repository = path.join(folder, profile)
    env = { PATH: process.env.PATH, HOME: folder, IPFS_PATH: repository }
    await run('ipfs', ['init', '--profile', profile], { env })
  })

  it.each(Object.entries(TREES))('has the CID that Kubo gives it: %s', async (what, tree) => {
    const top = path.join(folder, profile, what, 'top')
    await mkdir(top, { recursive: true })
    await writeTree(tree, top)
    const add = async (...flags: string[]): Promise<string> =>
      (await run('ipfs', ['add', '--offline', '-r', '-Q', '-H', '--only-hash', ...flags, top], { env })).stdout.trim()
    expect(await upload({ profile }, tree)).toBe(await add())
    if (tree.size > 100) return
    expect(await upload({ profile, wrap: 'true' }, tree)).toBe(await add('-w'))
    expect(await upload({ profile, chunker: 'size-3', maxLinks: '2' }, tree)).toBe(
      await add('--chunker=size-3', '--max-file-links=2'),
    )
  })
})
