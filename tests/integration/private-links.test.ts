import { createHash, randomBytes } from 'node:crypto'
import { SAME_TIME, timeDifference } from '@apps/api/testing/compare-times'
import { cidOf } from '@apps/api/testing/test-uploads'
import { createClient, dataOf } from '@packages/api-client/create-client'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

// Private files, from the API's upload to the gateway's answer, through keys, links and Bearer credentials as they are wired.

let p: TestPlatform
let key: string
let stranger: string
const secret = randomBytes(3_000_000)

beforeAll(async () => {
  p = await startPlatform()
  key = await p.apiKey()
  stranger = await p.apiKey(await p.newUser())
})
afterAll(() => p?.stop())

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

type File = { id: string; cid: string; name: string }

const upload = async (body: Uint8Array<ArrayBuffer>, name: string, visibility = 'private', as = key): Promise<File> => {
  const form = new FormData()
  form.append('file', new Blob([body]), name)
  const url = `${p.apiUrl}/api/v1/files/upload?visibility=${visibility}`
  const answer = await fetch(url, { method: 'POST', body: form, headers: { authorization: `Bearer ${as}` } })
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { file: File }).file
}

const api = (method: string, path: string, body?: object): Promise<Response> =>
  fetch(`${p.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })

const link = async (file: File, body: object = {}): Promise<{ id: string; token: string; url: string }> => {
  const answer = await api('POST', `/api/v1/files/${file.id}/links`, { expiresInSeconds: 600, ...body })
  expect(answer.status).toBe(201)
  return (await answer.json()) as { id: string; token: string; url: string }
}

const at = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(path.startsWith('http') ? path : `${p.gatewayUrl}${path}`, { headers })
const statusOf = async (answer: Promise<Response>): Promise<number> => {
  const { status, body } = await answer
  await body?.cancel()
  return status
}

it('a private file is read by its link, whole and in ranges, under its name', async () => {
  const file = await upload(secret, 'merger.bin')
  const { url, token } = await link(file)
  expect(url).toBe(`${p.gatewayUrl}/files/${file.cid}?link=${token}`)
  const whole = await at(url)
  expect([whole.status, whole.headers.get('content-disposition')]).toEqual([200, 'inline; filename="merger.bin"'])
  expect(whole.headers.get('cache-control')).toBe('private, no-store')
  expect(digest(await whole.bytes())).toBe(digest(secret))
  for (const [from, to] of [
    [0, 0],
    [1_048_570, 1_048_590],
    [2_999_999, 2_999_999],
  ] as const) {
    const part = await at(url, { range: `bytes=${from}-${to}` })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${from}-${to}/3000000`])
    expect(Buffer.from(await part.bytes())).toEqual(secret.subarray(from, to + 1))
  }
})

it('a small one, an empty one, and one of text are read as well', async () => {
  for (const body of [Buffer.from('only words\n'), Buffer.alloc(0)]) {
    const { url } = await link(await upload(body, 'small.txt'))
    const answer = await at(url)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
    expect(Buffer.from(await answer.bytes())).toEqual(body)
  }
})

describe('to everybody else its CID is one that nobody has', () => {
  const body = randomBytes(300_000)
  const asked: { secret: string; unknown: string; link: string } = { secret: '', unknown: '', link: '' }
  beforeAll(async () => {
    asked.secret = (await upload(body, 'x.txt')).cid
    asked.unknown = await cidOf(randomBytes(300_000))
    asked.link = (await link(await upload(randomBytes(1_000), 'y'))).token
  })

  const ways = (cid: string): [string, RequestInit][] =>
    ['ipfs', 'files'].flatMap((under): [string, RequestInit][] => [
      [`/${under}/${cid}`, {}],
      [`/${under}/${cid}`, { method: 'HEAD' }],
      [`/${under}/${cid}`, { method: 'POST' }],
      [`/${under}/${cid}`, { headers: { cookie: '__Host-holdfast.session=1' } }],
      [`/${under}/${cid}`, { headers: { range: 'bytes=0-0' } }],
      [`/${under}/${cid}`, { headers: { 'if-none-match': `"${cid}"`, 'cache-control': 'only-if-cached' } }],
      [`/${under}/${cid}`, { headers: { accept: 'text/html' } }],
      [`/${under}/${cid}`, { headers: { authorization: `Bearer ${stranger}` } }],
      [`/${under}/${cid}/x.txt`, {}],
      [`/${under}/${cid}?format=raw`, {}],
      [`/${under}/${cid}?format=car`, {}],
      [`/${under}/${cid}?link=${asked.link}`, {}],
    ])
  const told = async (cid: string, index: number): Promise<unknown> => {
    const [path, init] = ways(cid)[index] ?? ['', {}]
    const answer = await fetch(`${p.gatewayUrl}${path}`, { redirect: 'manual', ...init })
    const text = JSON.stringify([[...answer.headers].filter(([name]) => name !== 'date'), await answer.text()])
    return [answer.status, text.replaceAll(cid, 'CID')]
  }

  it('by status, headers and text, however it is asked for', async () => {
    for (const index of ways('').keys()) {
      const answer = await told(asked.secret, index)
      expect([ways('CID')[index], answer]).toEqual([ways('CID')[index], await told(asked.unknown, index)])
      expect((answer as [number])[0]).toBeGreaterThanOrEqual(400)
    }
  })

  it.each([
    ['/ipfs', (cid: string) => at(`/ipfs/${cid}`)],
    ['/files', (cid: string) => at(`/files/${cid}`)],
    ['/files, with the link to another file', (cid: string) => at(`/files/${cid}?link=${asked.link}`)],
    [
      "/files, with another tenant's key",
      (cid: string) => at(`/files/${cid}`, { authorization: `Bearer ${stranger}` }),
    ],
  ])('by the time that the answer takes, under %s', async (_, ask) => {
    const call = (cid: string) => async () => (await ask(cid)).text()
    const difference = await timeDifference({ known: call(asked.secret), unknown: call(asked.unknown), pairs: 60 })
    expect(difference).toBeLessThan(SAME_TIME)
  })

  it('until it is public: it was the right CID that was asked for', async () => {
    expect((await upload(body, 'x.txt', 'public')).cid).toBe(asked.secret)
    expect((await at(`/ipfs/${asked.secret}`)).status).toBe(200)
  })
})

it('Bearer credentials of its organization read it, with the scope', async () => {
  const body = randomBytes(400_000)
  const file = await upload(body, 'z')
  const { accessToken } = await p.logIn()
  for (const token of [key, accessToken]) {
    const answer = await at(`/files/${file.cid}`, { authorization: `Bearer ${token}` })
    expect([answer.status, digest(await answer.bytes())]).toEqual([200, digest(body)])
  }
  const without = await p.apiKey(undefined, ['pins:read'])
  expect(await statusOf(at(`/files/${file.cid}`, { authorization: `Bearer ${without}` }))).toBe(403)
  expect(await statusOf(at(`/files/${file.cid}`, { authorization: `Bearer ${key}x` }))).toBe(401)
})

it('a link is counted and revoked through the API', async () => {
  const file = await upload(randomBytes(5_000), 'w')
  const { url, id, token } = await link(file, { maxDownloads: 3 })
  const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(at(url))))
  expect(statuses.filter((status) => status === 200).length).toBe(3)
  const list = (await (await api('GET', `/api/v1/files/${file.id}/links`)).json()) as { links: object[] }
  expect(list.links).toMatchObject([{ id, downloads: 3, maxDownloads: 3 }])
  expect((await api('DELETE', `/api/v1/files/${file.id}/links/${id}`)).status).toBe(204)
  const gone = await at(url)
  expect([gone.status, await gone.text()]).toEqual([410, expect.stringContaining('used up or was revoked')])
  expect(await statusOf(at(url.replace(token, 'x'.repeat(token.length))))).toBe(404)
})

it('of a suspended tenant nothing is read: by CID, link or credential, until it is restored', async () => {
  const theirs = await p.apiKey(await p.newUser())
  const open = await upload(randomBytes(2_000), 'open', 'public', theirs)
  const closed = await upload(randomBytes(2_000), 'closed', 'private', theirs)
  const made = await fetch(`${p.apiUrl}/api/v1/files/${closed.id}/links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${theirs}`, 'content-type': 'application/json' },
    body: JSON.stringify({ expiresInSeconds: 600 }),
  })
  const { url } = (await made.json()) as { url: string }
  const ways = () =>
    Promise.all([
      statusOf(at(`/ipfs/${open.cid}`)),
      statusOf(at(`/files/${open.cid}`, { authorization: `Bearer ${theirs}` })),
      statusOf(at(`/files/${closed.cid}`, { authorization: `Bearer ${theirs}` })),
      statusOf(at(url)),
    ])
  expect(await ways()).toEqual([200, 200, 200, 200])
  const row = p.db.kysely.selectFrom('files').where('id', '=', open.id).select('organization_id')
  const { organization_id: id } = await row.executeTakeFirstOrThrow()
  const { accessToken } = await p.logIn()
  const set = async (state: string): Promise<void> => {
    const answer = await fetch(`${p.apiUrl}/api/v1/admin/organizations/${id}/state`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ state, reason: 'a test' }),
    })
    expect([200, 202]).toContain(answer.status)
  }
  await set('suspended')
  await vi.waitFor(async () => expect(await ways()).toEqual([404, 403, 403, 404]), { timeout: 10_000, interval: 50 })
  await set('active')
  await vi.waitFor(async () => expect(await ways()).toEqual([200, 200, 200, 200]), { timeout: 10_000, interval: 50 })
})

it('clients say visibility with an upload, and are told the default', async () => {
  const client = createClient({ baseUrl: p.apiUrl, apiKey: key })
  const file = new Blob([randomBytes(100)])
  const one = await client.uploadFile({ file, name: 'one', visibility: 'private' })
  const folder = await client.uploadFolder({ files: [{ path: 'in/one', file }], visibility: 'private' })
  const open = await client.uploadFile({ file, name: 'open' })
  expect([one, folder, open].map(({ file: { visibility } }) => visibility)).toEqual(['private', 'private', 'public'])
  expect(await statusOf(at(`/ipfs/${folder.file.cid}`))).toBe(404)
  const { organizations } = await dataOf(client.GET('/api/v1/auth/me'))
  expect(organizations).toMatchObject([{ defaultVisibility: 'public' }])
})

it('when the file is deleted its key is gone, and its links open nothing', async () => {
  const file = await upload(randomBytes(5_000), 'v')
  const { url } = await link(file)
  expect(await statusOf(at(url))).toBe(200)
  await api('DELETE', `/api/v1/files/${file.id}`)
  expect(await statusOf(at(url))).toBe(404)
  expect(await statusOf(at(`/files/${file.cid}`, { authorization: `Bearer ${key}` }))).toBe(404)
})

it('of a destroyed key nothing is read, though row, link and ciphertext are there', async () => {
  const file = await upload(randomBytes(5_000), 'u')
  const { url } = await link(file)
  const { content_id: contentId } = await p.db.kysely
    .selectFrom('files')
    .where('id', '=', file.id)
    .select('content_id')
    .executeTakeFirstOrThrow()
  await p.db.kysely.deleteFrom('root_keys').where('content_id', '=', contentId).execute()
  expect(await statusOf(at(url))).toBe(404)
})
