import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody, type FormPart } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let user: TestUser

beforeAll(async () => {
  api = await buildTestContentApi()
  user = await api.setUp()
})
afterAll(() => api.stop())

const upload = (parts: readonly FormPart[], headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url: '/api/v1/files/upload',
    headers: { ...user.headers, ...FORM_HEADERS, ...headers },
    payload: formBody(parts),
  })

const directory = (filename: string): FormPart => filePart('', filename, 'application/x-directory')
const field = (name: string, body: string): FormPart => ({ name, body })
const roots = async () => (await api.content.store.stats()).roots

/** CIDs of `ipfs add -r` of Kubo 0.43.1 by the profile unixfs-v1-2025: photos/{a.txt: hello, sub/{b.txt: world}, void/}. */
const PHOTOS = 'bafybeig3p46arnskwdwu6pydinz2cefm3q6bbw2ippf5rlpiajwnctoeqq'
const WRAPPED_PHOTOS = 'bafybeid34xn6obcwmh24my7ptbk6qti6rsdbquzgk5geddkzpiehvmjwji'
/** a.txt: hello world, in a directory. */
const WRAPPED_FILE = 'bafybeidss4ygl4z2zset4jrvwrgjgmw7pu56db4a4lny5foue4f6x2racm'
const photos = [
  filePart('hello', 'photos/a.txt'),
  filePart('world', 'photos/sub/b.txt'),
  directory('photos/void'),
] as const

const latin1 = (parts: readonly FormPart[]): Buffer =>
  Buffer.from(formBody(parts).toString('latin1').replace('a.txt', 'x/\xff'), 'latin1')

describe('upload of a folder', () => {
  it('makes one root of paths, as Kubo does, with one row', async () => {
    const reply = await upload(photos)
    expect(reply.statusCode).toBe(201)
    const { file, pin, entries } = reply.json()
    expect(file).toMatchObject({
      cid: PHOTOS,
      kind: 'directory',
      name: 'photos',
      size: 10,
      contentType: 'application/x-directory',
    })
    expect(entries).toBe(5)
    expect(pin.status).toBe('pinned')
    const listed = await api.call('GET', `/api/v1/files/${PHOTOS}`, { as: user.headers })
    expect(listed.json().files).toMatchObject([{ id: file.id, kind: 'directory' }])
  })

  it.each([
    ['backwards', photos.toReversed()],
    ['with the directory between', [photos[2], photos[0], photos[1]]],
    ['with fields between', [photos[0], field('name', 'photos'), photos[1], photos[2], field('metadata', '{}')]],
    ['with directories that end in a slash', [filePart('', 'photos/void/'), photos[1], photos[0]]],
    ['with directories that are named anyway', [...photos, directory('photos'), directory('photos/sub')]],
  ])('does not mind the order: %s', async (_, parts) => {
    expect((await upload(parts)).json().file.cid).toBe(PHOTOS)
  })

  it('puts a directory over what has no common one, and around anything on wrap', async () => {
    const apart = await upload([filePart('hello', 'a.txt'), filePart('world', 'sub/b.txt'), directory('void')])
    expect(apart.json()).toMatchObject({ file: { cid: PHOTOS, name: PHOTOS, kind: 'directory' }, entries: 4 })
    const named = await upload([field('name', 'mine'), filePart('hello', 'a.txt'), filePart('x', 'b.txt')])
    expect(named.json().file).toMatchObject({ name: 'mine', kind: 'directory' })
    const wrapped = await upload([...photos, field('wrap', 'true')])
    expect(wrapped.json().file).toMatchObject({ name: 'photos', kind: 'directory', size: 10, cid: WRAPPED_PHOTOS })
  })

  it('wraps a single file, and takes one whose filename is a path for a folder', async () => {
    const wrapped = await upload([filePart('hello world', 'a.txt'), field('wrap', 'true')])
    expect(wrapped.json().file).toMatchObject({ name: 'a.txt', kind: 'directory', size: 11, cid: WRAPPED_FILE })
    const renamed = await upload([filePart('hello world', 'x'), field('wrap', 'true'), field('name', 'a.txt')])
    expect(renamed.json().file.cid).toBe(WRAPPED_FILE)
    const folder = await upload([filePart('hello world', 'dir/a.txt')])
    expect(folder.json().file).toMatchObject({ name: 'dir', kind: 'directory', cid: WRAPPED_FILE })
    const single = await upload([filePart('hello world', 'a.txt'), field('wrap', 'false')])
    expect(single.json()).not.toHaveProperty('entries')
    expect(single.json().file).toMatchObject({ kind: 'file', name: 'a.txt' })
  })

  it('keeps names as they were sent: unicode, quotes, line ends', async () => {
    // Browsers and curl send " and line ends of filenames as %22, %0D, %0A.
    const names = ['Grüße', '東京 🚀', 'e\u0301', '\u00e9', 'a%22b', 'a%0Ab', '%2e%2e', ' ', 'a;b="c"']
    const sent = names.map((name) => name.replaceAll('"', '%22'))
    const reply = await upload(sent.map((name) => filePart(name, `top/${name}/x`)))
    expect(reply.json()).toMatchObject({ entries: 1 + 2 * names.length, file: { kind: 'directory' } })
  })

  it('takes import parameters before the files', async () => {
    const parts = Array.from({ length: 40 }, (_, n) => filePart(`${n}`, `many/${n}`))
    const plain = await upload(parts)
    const sharded = await upload([field('hamtThreshold', '100'), field('hamtFanout', '16'), ...parts])
    const v0 = await upload([field('cidVersion', '0'), field('rawLeaves', 'false'), ...parts])
    const cut = await upload([field('chunker', 'size-4'), field('maxLinks', '2'), filePart('hello world', 'a/b')])
    const cids = [plain, sharded, v0, cut].map((reply) => reply.json().file?.cid ?? reply.body)
    expect(new Set(cids).size).toBe(4)
    expect(cids[2]).toMatch(/^Qm/)
  })

  const refused: [string, FormPart[], string, RegExp?][] = [
    ['..', [filePart('a', 'x/../../etc/passwd'), filePart('b', 'x/b')], 'invalid_path', /x\/\.\.\/\.\.\/etc\/passwd/],
    ['.. of one file alone', [filePart('a', '../b.txt')], 'invalid_path', /"\.\.\/b\.txt"/],
    ['.. within the path of one file alone', [filePart('a', 'a/../b.txt')], 'invalid_path', /a\/\.\.\/b\.txt/],
    ['an empty name of one file alone', [filePart('a', 'a//b.txt')], 'invalid_path', /a\/\/b\.txt/],
    ['an absolute path of one file alone', [filePart('a', '/etc/passwd')], 'invalid_path', /\/etc\/passwd/],
    ['.. of Windows of one file alone', [filePart('a', '..\\..\\b')], 'invalid_path', /\.\.\\\\b/],
    ['a path of one file that has a name', [field('name', 'b'), filePart('a', '../b')], 'invalid_path', /\.\.\/b/],
    ['a NUL', [filePart('a', 'x/a'), filePart('b', 'x/b\0c')], 'invalid_multipart'],
    ['an empty name', [filePart('a', 'x/a'), filePart('b', 'x//b')], 'invalid_path', /x\/\/b/],
    ['an absolute path', [filePart('a', '/etc/a'), filePart('b', '/etc/b')], 'invalid_path', /\/etc\/a/],
    ['a dot', [filePart('a', 'x/a'), filePart('b', './b')], 'invalid_path', /\.\/b/],
    ['.. of Windows', [filePart('a', 'x/a'), filePart('b', 'x\\..\\..\\b')], 'invalid_path', /x\\\\\.\./],
    ['one file twice', [filePart('a', 'x/a'), filePart('b', 'x/b'), filePart('c', 'x/a')], 'invalid_path', /x\/a/],
    ['a file that is a directory', [filePart('a', 'x/a/b'), filePart('b', 'x/a')], 'invalid_path', /x\/a/],
    ['a directory that is a file', [filePart('a', 'x/a'), filePart('b', 'x/a/b')], 'invalid_path', /x\/a\/b/],
    ['a name that is not UTF-8', [filePart('a', 'x/a'), filePart('b')], 'invalid_path'],
    ['no filename', [filePart('a', 'x/a'), { name: 'file', body: 'b' }], 'invalid_path'],
    ['a directory with bytes', [filePart('a', 'x/a'), filePart('b', 'x/b/')], 'invalid_multipart'],
    ['256 bytes in a name', [filePart('a', 'x/a'), filePart('b', `x/${'n'.repeat(256)}`)], 'invalid_path'],
    ['65 levels', [filePart('a', 'x/a'), filePart('b', 'x/'.repeat(64) + 'b')], 'invalid_path'],
    ['wrap twice', [field('wrap', 'true'), field('wrap', 'true'), ...photos], 'invalid_multipart'],
    ['wrap=yes', [...photos, field('wrap', 'yes')], 'invalid_request'],
    ['a parameter after a file', [photos[0], field('chunker', 'size-10'), photos[1]], 'invalid_request'],
    ['a chunker that is none', [field('chunker', 'fast'), ...photos], 'invalid_request'],
    ['a fan-out of 100', [field('hamtFanout', '100'), ...photos], 'invalid_request'],
    ['maxLinks=1e3', [field('maxLinks', '1e3'), ...photos], 'invalid_request'],
    ['cidVersion=2', [field('cidVersion', '2'), ...photos], 'invalid_request'],
    ['rawLeaves=1', [field('rawLeaves', '1'), ...photos], 'invalid_request'],
  ]
  it.each(refused)('refuses %s and leaves nothing', async (what, parts, code, detail) => {
    const before = await roots()
    const bad = what === 'a name that is not UTF-8' ? latin1(parts) : formBody(parts)
    const reply = await api.app.inject({
      method: 'POST',
      url: '/api/v1/files/upload',
      headers: { ...user.headers, ...FORM_HEADERS },
      payload: bad,
    })
    expect(reply.json()).toMatchObject({ status: 400, code })
    if (detail !== undefined) expect(reply.json().detail).toMatch(detail)
    expect(await roots()).toBe(before)
    expect(api.content.store.inFlight().size).toBe(0)
  })

  it('counts the bytes of all files against the limit', async () => {
    api.content.deps.limits.uploadMaxBytes = 1000
    const parts = [filePart('x'.repeat(600), 'a/b'), filePart('x'.repeat(600), 'a/c')]
    expect((await upload(parts)).json()).toMatchObject({ status: 413, code: 'payload_too_large' })
    api.content.deps.limits.uploadMaxBytes = 2 ** 40
    expect((await upload(parts)).statusCode).toBe(201)
  })

  it('answers a repeat under one Idempotency-Key again, entries and all', async () => {
    const headers = { 'idempotency-key': 'folder' }
    const first = await upload(photos, headers)
    const again = await upload(photos.toReversed(), headers)
    expect(again.headers['idempotent-replay']).toBe('true')
    expect(again.json()).toEqual(first.json())
    expect((await upload(photos.slice(1), headers)).statusCode).toBe(422)
  })

  it('takes 20,000 files in one form and gives each place back when it is deleted', async () => {
    const parts = Array.from({ length: 20_000 }, (_, n) => filePart(`file ${n}`, `big/${n % 100}/${n}.txt`))
    const reply = await upload(parts)
    expect(reply.json()).toMatchObject({ entries: 20_101, file: { name: 'big', kind: 'directory' } })
    const gone = await api.call('DELETE', `/api/v1/files/${reply.json().file.id}`, { as: user.headers })
    expect([200, 202]).toContain(gone.statusCode)
  })
})
