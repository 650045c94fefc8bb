import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { createLogger } from '@packages/runtime/logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PolicyEntry } from '@packages/shared/policy-log'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeLink } from './test-support/make-link.ts'
import { rawRequest } from './test-support/raw-request.ts'
import { startTestGateway, type TestGateway, type UploadedFile } from './test-support/start-test-gateway.ts'

/** More than lies in buffers on the way. */
const LARGE = 48_000_000
const lines: string[] = []
let t: TestGateway
let file: UploadedFile
let other: UploadedFile
let large: UploadedFile
/** Of accounts' credentials. */
const asked: string[] = []
const body = randomBytes(700_000)

beforeAll(async () => {
  t = await startTestGateway({
    logger: createLogger({ level: 'trace', format: 'json', destination: { write: (line) => void lines.push(line) } }),
    authenticateReader: async ({ token, organization, isAgain }) => {
      asked.push(`${token} ${isAgain ? 'again' : 'first'}`)
      const hangsOn = [`user ${token}`, `key ${token}`]
      if (token === 'ours') return { organizationId: file.organizationId, hangsOn }
      if (token === 'leaves' && isAgain) throw new HoldfastError('not_found')
      if (token === 'leaves' || token === 'stays') return { organizationId: large.organizationId, hangsOn }
      if (token === 'theirs') return { organizationId: organization ?? (await t.newOwner()).organizationId, hangsOn }
      throw new HoldfastError('invalid_token')
    },
  })
  file = await t.upload(body, { name: 'report "1".txt' })
  other = await t.upload(randomBytes(1_000))
  large = await t.upload(randomBytes(LARGE), { owner: await t.newOwner() })
})
afterAll(async () => t?.stop())

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${t.url}${path}`, { redirect: 'manual', ...init })
const hashOf = async (response: Response): Promise<string> =>
  createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex')
const whole = createHash('sha256').update(body).digest('hex')
const linked = (token: string, init: RequestInit = {}, cid = file.cid): Promise<Response> =>
  get(`/files/${cid}?link=${token}`, init)
const statusOf = async (response: Promise<Response>): Promise<number> => {
  const { status, body: stream } = await response
  await stream?.cancel()
  return status
}
const range = (text: string): RequestInit => ({ headers: { range: text } })
const downloadsOf = async (id: string): Promise<number> => {
  const query = t.db.kysely.selectFrom('file_links').where('id', '=', id).select('downloads')
  return (await query.executeTakeFirstOrThrow()).downloads
}

/** Begins to read the large file; what reads the rest, with so many milliseconds after each piece, and tells how much it was. */
const beginLarge = async (init: RequestInit, query = ''): Promise<(pauseMs: number) => Promise<number>> => {
  const { body: stream } = await get(`/files/${large.cid}${query}`, init)
  const reader = stream?.getReader()
  let bytes = (await reader?.read())?.value?.length ?? 0
  return async (pauseMs) => {
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
      bytes += piece.value.length
      if (pauseMs > 0) await sleep(pauseMs)
    }
    return bytes
  }
}

const headersOf = (response: Response): [string, string][] => [...response.headers].filter(([name]) => name !== 'date')
/** As a client of another address. */
const statusFrom = (localAddress: string, path: string, text: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const headers = { 'holdfast-link-password': text }
    const asked = request(`${t.url}${path}`, { localAddress, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.on('error', reject).end()
  })
const withPassword = (text: string) => ({ headers: { 'holdfast-link-password': Buffer.from(text).toString('latin1') } })

describe('a link', () => {
  it('opens its file, in the query and as Bearer, for one reader alone', async () => {
    const { token } = await makeLink(t.db, file.pinId)
    const asBearer = get(`/files/${file.cid}`, { headers: { authorization: `Bearer ${token}` } })
    for (const response of [await linked(token), await asBearer]) {
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toBe('private, no-store')
      expect(response.headers.get('referrer-policy')).toBe('no-referrer')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(response.headers.get('content-disposition')).toContain('report')
      expect(response.headers.get('set-cookie')).toBeNull()
      expect(await hashOf(response)).toBe(whole)
    }
  })

  it('serves ranges, HEAD and conditional requests', async () => {
    const { token } = await makeLink(t.db, file.pinId)
    const part = await linked(token, range('bytes=300000-300009'))
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 300000-300009/700000'])
    expect(Buffer.from(await part.arrayBuffer())).toEqual(body.subarray(300_000, 300_010))
    const head = await linked(token, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '700000'])
    const etag = head.headers.get('etag') ?? ''
    expect((await linked(token, { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await linked(token, range('bytes=700000-'))).status).toBe(416)
  })

  it('puts what runs in a browser into a sandbox, and lets no script run that could read the link in the address', async () => {
    const page = await t.upload(Buffer.from(`<!doctype html><title>x</title>${'x'.repeat(50)}`), { name: 'page.html' })
    const { token } = await makeLink(t.db, page.pinId)
    const response = await linked(token, {}, page.cid)
    expect(response.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/)
    const shown = await get(`/files/${page.cid}`, { headers: { authorization: `Bearer ${token}` } })
    expect(shown.headers.get('content-security-policy')).toMatch(/^sandbox allow-scripts/)
    for (const { headers } of [response, shown])
      expect(headers.get('content-security-policy')).not.toContain('allow-same-origin')
  })

  it('opens nothing once it has expired or was revoked, and a revoked one cuts what is under way', async () => {
    const gone = await makeLink(t.db, file.pinId, { seconds: -1 })
    expect(await statusOf(linked(gone.token))).toBe(410)

    const { id, token } = await makeLink(t.db, large.pinId)
    const rest = await beginLarge({}, `?link=${token}`)
    await t.db.unitOfWork.run(async (uow) => {
      await uow.tx.updateTable('file_links').set({ revoked_at: new Date() }).where('id', '=', id).execute()
      uow.policy({ kind: 'link.revoked', linkId: id })
    })
    expect(await statusOf(linked(token, {}, large.cid))).toBe(410)
    await expect(rest(10)).rejects.toThrow()
  })

  it('of a suspended organization opens nothing until it is restored', async () => {
    const owner = await t.newOwner()
    const mine = await t.upload(randomBytes(100), { owner })
    const { token } = await makeLink(t.db, mine.pinId)
    const set = (state: 'active' | 'suspended') =>
      t.db.kysely.updateTable('organizations').set({ state }).where('id', '=', owner.organizationId).execute()
    await set('suspended')
    expect(await statusOf(linked(token, {}, mine.cid))).toBe(404)
    await set('active')
    expect(await statusOf(linked(token, {}, mine.cid))).toBe(200)
  })
})

const setState = (state: 'active' | 'read-only' | 'suspended') =>
  t.db.unitOfWork.run(async (uow) => {
    const { organizationId } = large
    await uow.tx.updateTable('organizations').set({ state }).where('id', '=', organizationId).execute()
    uow.policy({ kind: 'organization.changed', organizationId })
  })
const tell = (entry: PolicyEntry) => t.db.unitOfWork.run(async (uow) => uow.policy(entry))
const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

describe('what is being sent', () => {
  it('by a link ends when its organization is suspended', async () => {
    const { token } = await makeLink(t.db, large.pinId)
    const rest = await beginLarge({}, `?link=${token}`)
    await setState('suspended')
    await expect(rest(10)).rejects.toThrow()
    await setState('active')
    // It is shown again a moment after.
    await expect.poll(() => statusOf(linked(token, { method: 'HEAD' }, large.cid))).toBe(200)
  })

  it.each<[string, string, () => PolicyEntry]>([
    ['its key is revoked', 'stays', () => ({ kind: 'api-key.revoked', apiKeyId: 'key stays' })],
    ['its session is revoked', 'stays', () => ({ kind: 'session.revoked', sessionId: 'key stays' })],
    ['its user may read no more', 'leaves', () => ({ kind: 'user.changed', userId: 'user leaves' })],
    ['its key changes and opens nothing more', 'leaves', () => ({ kind: 'api-key.changed', apiKeyId: 'key leaves' })],
    [
      'the content is destroyed, as when a private file becomes public',
      'stays',
      () => ({ kind: 'content.released', realm: 'private', cid: large.cid, contentId: large.contentId }),
    ],
  ])('by a Bearer credential ends when %s', async (_, token, entry) => {
    const rest = await beginLarge(bearer(token))
    await tell(entry())
    await expect(rest(10)).rejects.toThrow()
  })

  it('goes on through changes that leave it allowed, and they count nothing', async () => {
    const rest = await beginLarge(bearer('stays'))
    asked.length = 0
    await tell({ kind: 'user.changed', userId: 'user stays' })
    await setState('read-only')
    await expect.poll(() => asked).toEqual(['stays again', 'stays again'])
    expect(await rest(0)).toBe(LARGE)
    await setState('active')
  })
})

describe('attacks', () => {
  it('a CID is the same unknown one to everybody without a credential, held or not', async () => {
    const never = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
    const answers = await Promise.all(
      [`/files/${file.cid}`, `/files/${never}`, '/files/what', `/files/${file.cid}?link=`].map(async (path) => {
        const response = await get(path, { headers: { cookie: 'session=1; link=2' } })
        return [response.status, await response.text(), headersOf(response)]
      }),
    )
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]?.[0]).toBe(404)
  })

  it.each([
    ['for another file', async () => linked((await makeLink(t.db, file.pinId)).token, {}, other.cid)],
    [
      'with another end',
      async () => linked((await makeLink(t.db, file.pinId)).token.replace(/.$/, (c) => (c === '0' ? '1' : '0'))),
    ],
    [
      "with another link's id",
      async () => {
        const [one, two] = [await makeLink(t.db, file.pinId), await makeLink(t.db, other.pinId)]
        return linked(two.token.slice(0, 39) + one.token.slice(39))
      },
    ],
    ['cut short', async () => linked((await makeLink(t.db, file.pinId)).token.slice(0, -1))],
    ['with another spelling', async () => linked((await makeLink(t.db, file.pinId)).token.toUpperCase())],
    ['that is SQL', async () => linked(encodeURIComponent("' or 1=1 --"))],
    [
      "whose row was moved to another tenant's file",
      async () => {
        const { id, token } = await makeLink(t.db, file.pinId)
        const theirs = await t.upload(randomBytes(10), { owner: await t.newOwner() })
        const row = await t.db.kysely
          .selectFrom('files')
          .where('pin_id', '=', theirs.pinId)
          .selectAll()
          .executeTakeFirstOrThrow()
        const moved = { file_id: row.id, organization_id: row.organization_id }
        await t.db.kysely.updateTable('file_links').set(moved).where('id', '=', id).execute()
        return linked(token, {}, theirs.cid)
      },
    ],
    [
      'whose row says another tenant',
      async () => {
        const { id, token } = await makeLink(t.db, file.pinId)
        const { organizationId } = await t.newOwner()
        await t.db.kysely
          .updateTable('file_links')
          .set({ organization_id: organizationId })
          .where('id', '=', id)
          .execute()
        return linked(token)
      },
    ],
    [
      'whose file was deleted',
      async () => {
        const mine = await t.upload(randomBytes(123))
        const { token } = await makeLink(t.db, mine.pinId)
        await t.remove(mine)
        return linked(token, {}, mine.cid)
      },
    ],
  ])('a link %s is as good as none', async (_, ask) => {
    const [answer, unknown] = [await ask(), await get(`/files/${file.cid}`)]
    expect([answer.status, await answer.text()]).toEqual([404, await unknown.text()])
  })

  it('a Bearer credential reads the files of its own organization, and says when it is none', async () => {
    const as = (token: string) => get(`/files/${file.cid}`, { headers: { authorization: `Bearer ${token}` } })
    expect(await hashOf(await as('ours'))).toBe(whole)
    expect(await statusOf(as('theirs'))).toBe(404)
    expect(await statusOf(as('nobody'))).toBe(401)
    const basic = get(`/files/${file.cid}`, { headers: { authorization: 'Basic b3VyczpvdXJz' } })
    expect(await statusOf(basic)).toBe(404)
  })

  it('takes no other methods, and no body but a small form', async () => {
    const { token } = await makeLink(t.db, file.pinId)
    expect(await statusOf(linked(token, { method: 'DELETE' }))).toBe(405)
    expect(
      await statusOf(linked(token, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })),
    ).toBe(415)
    const form = new URLSearchParams({ password: 'x'.repeat(9_000) })
    expect(await statusOf(linked(token, { method: 'POST', body: form }))).toBe(413)
    const registered = linked(token, { headers: { 'service-worker': 'script' } })
    expect(await statusOf(registered)).toBe(400)
  })

  it('no token and no password is in any log', async () => {
    const { token } = await makeLink(t.db, file.pinId, { password: 'canary in a password' })
    await statusOf(linked(token, { headers: { 'holdfast-link-password': 'canary in a password' } }))
    await statusOf(linked(`${token}%zz`))
    await rawRequest(t.gateway.port, `GET /files/${file.cid}?link=${token} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`, 500)
    expect(lines.join('\n')).not.toContain(token.slice(-40))
    expect(lines.join('\n')).not.toContain('canary')
  })
})

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** A folder with two files, and the pin that a link to it hangs on. */
const uploadFolder = async (text: string) => {
  const contentId = randomUUIDv7()
  const sink = t.store.beginUpload({ realm: 'public', contentId })
  const folder = new FolderImport({ sink, profile: importProfiles['unixfs-v1-2025'] })
  await folder.addFile(['docs', 'a & b.txt'], once(text))
  await folder.addFile(['c.txt'], once('two'))
  const { root } = await folder.finish({ wrap: true })
  await sink.commit(root)
  t.store.settle(contentId)
  // The row of another upload stands for the folder's.
  const { pinId, contentId: row } = await t.upload(randomBytes(77))
  await t.db.kysely.updateTable('contents').set({ cid: root.toString() }).where('id', '=', row).execute()
  return { root, pinId }
}

it('of a folder opens what is below it, and its listing leads on', async () => {
  const { root, pinId } = await uploadFolder('one')
  const { id, token } = await makeLink(t.db, pinId, { maxDownloads: 2 })

  const moved = await linked(token, {}, `${root}/docs`)
  expect([moved.status, moved.headers.get('location')]).toEqual([301, `/files/${root}/docs/?link=${token}`])
  expect(moved.headers.get('cache-control')).toBe('private, no-store')
  const listing = await linked(token, {}, `${root}/docs/`)
  expect(await listing.text()).toContain(`href="/files/${root}/docs/a%20%26%20b.txt?link=${token}"`)
  expect(await downloadsOf(id)).toBe(0)
  expect(await statusOf(linked(token, range('bytes=0-1'), `${root}/c.txt`))).toBe(206)
  // The window of one file is none of another's.
  expect(await statusOf(linked(token, range('bytes=1-'), `${root}/docs/a%20%26%20b.txt`))).toBe(206)
  expect(await downloadsOf(id)).toBe(2)
  expect(await statusOf(linked(token, range('bytes=1-'), `${root}/c.txt`))).toBe(206)
  expect(await statusOf(linked(token, {}, `${root}/docs/`))).toBe(410)
  expect(await statusOf(get(`/files/${root}/c.txt`))).toBe(404)
  expect(await (await get(`/ipfs/${root}/docs/?link=${token}`)).text()).not.toContain(token)
})

describe('a number of downloads', () => {
  it('is exact when 50 come at a time', async () => {
    const { id, token } = await makeLink(t.db, other.pinId, { maxDownloads: 7 })
    const statuses = await Promise.all(Array.from({ length: 50 }, () => statusOf(linked(token, {}, other.cid))))
    expect([200, 410].map((status) => statuses.filter((one) => one === status).length)).toEqual([7, 43])
    expect(await downloadsOf(id)).toBe(7)
  })

  it('does not count HEAD and 304, and refuses them too when none is left', async () => {
    const { id, token } = await makeLink(t.db, file.pinId, { maxDownloads: 1 })
    const asks: RequestInit[] = [
      { method: 'HEAD' },
      { headers: { 'if-none-match': `"${file.cid}"` } },
      range('bytes=9999999-'),
    ]
    for (const init of asks) await statusOf(linked(token, init))
    expect(await downloadsOf(id)).toBe(0)
    expect(await statusOf(linked(token))).toBe(200)
    for (const init of asks.slice(0, 2)) expect(await statusOf(linked(token, init))).toBe(410)
    expect(await downloadsOf(id)).toBe(1)
  })

  it.each([
    ['bytes=0-', 206],
    ['bytes=0-0', 206],
    ['bytes=-700000', 206],
    ['bytes=-999999999', 206],
    ['bytes=1-', 206],
    ['bytes=-1', 206],
    ['bytes=5-9,0-4', 206],
    ['bytes=1-2,4-5', 206],
    ['items=1-2', 200],
  ])('counts %s as a download', async (text, status) => {
    const { id, token } = await makeLink(t.db, file.pinId, { maxDownloads: 1 })
    expect(await statusOf(linked(token, range(text)))).toBe(status)
    expect(await downloadsOf(id)).toBe(1)
    // The first byte costs another one, whatever was taken.
    expect(await statusOf(linked(token, range('bytes=0-0')))).toBe(410)
  })

  it('leaves the rest of the last one free for ten minutes, to the same client and of the same bytes', async () => {
    const { id, token } = await makeLink(t.db, file.pinId, { maxDownloads: 1 })
    expect(await statusOf(linked(token, range('bytes=0-99')))).toBe(206)
    for (const text of ['bytes=100-199', 'bytes=200-', 'bytes=-5'])
      expect(await statusOf(linked(token, range(text)))).toBe(206)
    // An If-Range that does not hold asks for all of it.
    const stale = { headers: { range: 'bytes=100-', 'if-range': '"another"' } }
    expect(await statusOf(linked(token, stale))).toBe(410)
    await t.db.kysely
      .updateTable('file_link_windows')
      .set({ open_until: new Date(Date.now() - 1) })
      .where('link_id', '=', id)
      .execute()
    expect(await statusOf(linked(token, range('bytes=100-199')))).toBe(410)
    expect(await downloadsOf(id)).toBe(1)
  })
})

describe('a password', () => {
  const password = 'a good passwörd'
  it('opens by header and by form, in no URL', async () => {
    const { token } = await makeLink(t.db, file.pinId, { password })
    expect(await statusOf(linked(token))).toBe(403)
    expect(await statusOf(get(`/files/${file.cid}?link=${token}&password=${encodeURIComponent(password)}`))).toBe(403)
    expect(await hashOf(await linked(token, withPassword(password)))).toBe(whole)
    const posted = await linked(token, { method: 'POST', body: new URLSearchParams({ password }) })
    expect([posted.status, await hashOf(posted)]).toEqual([200, whole])
  })

  it('is asked for by a page without scripts, which tells a wrong one', async () => {
    const { token } = await makeLink(t.db, file.pinId, { password })
    const page = await linked(token, { headers: { accept: 'text/html' } })
    const text = await page.text()
    expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8'])
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(text).toContain('<form method="post">')
    expect(text).not.toContain('<script')
    expect(text).not.toContain(token)
    const wrong = { method: 'POST', body: new URLSearchParams({ password: 'wrong' }), headers: { accept: 'text/html' } }
    expect(await (await linked(token, wrong)).text()).toContain('Try again')
    const program = await linked(token, { headers: { ...withPassword('wrong').headers, accept: 'application/json' } })
    expect(await program.json()).toMatchObject({ code: 'link_password_wrong' })
  })

  it('is typed once for a folder, whose address gets its slash on the way', async () => {
    const { root, pinId } = await uploadFolder('another one')
    const { token } = await makeLink(t.db, pinId, { password })
    for (const path of [`${root}`, `${root}/docs`]) {
      const form: RequestInit = {
        method: 'POST',
        body: new URLSearchParams({ password }),
        headers: { accept: 'text/html' },
      }
      const moved = await linked(token, { ...form, redirect: 'manual' }, path)
      expect([moved.status, moved.headers.get('cache-control')]).toEqual([308, 'private, no-store'])
      // As a browser does: the form goes along.
      const opened = await linked(token, { ...form, redirect: 'follow' }, path)
      expect([opened.status, opened.url]).toEqual([200, `${t.url}/files/${path}/?link=${token}`])
      expect(await opened.text()).toContain('Index of')
    }
    // Each address is asked for anew, as no cookie remembers that it was shown.
    expect(await statusOf(linked(token, withPassword(password), `${root}/docs`))).toBe(301)
  })

  it('is not tried more than a few times by one client, and the right one goes on for who has shown it', async () => {
    const { id, token } = await makeLink(t.db, file.pinId, { password })
    expect(await statusOf(linked(token, withPassword(password)))).toBe(200)
    const tries = await Promise.all(Array.from({ length: 12 }, (_, at) => linked(token, withPassword(`guess ${at}`))))
    expect(tries.filter(({ status }) => status === 403).length).toBeLessThanOrEqual(5)
    const last = await linked(token, withPassword('one more'))
    expect([last.status, Number(last.headers.get('retry-after')) > 0]).toEqual([429, true])
    expect(await statusOf(linked(token, withPassword(password)))).toBe(200)
    expect(await downloadsOf(id)).toBe(2)
  })

  it('is not tried more often by who has many addresses, and others with other links are not kept out', async () => {
    const [{ token }, other] = [
      await makeLink(t.db, file.pinId, { password }),
      await makeLink(t.db, file.pinId, { password }),
    ]
    const guess = (client: number) => statusFrom(`127.0.1.${client}`, `/files/${file.cid}?link=${token}`, 'a guess')
    const statuses: (number | undefined)[] = []
    for (let client = 1; client <= 9; client++) statuses.push(await guess(client))
    expect([statuses.slice(0, 8).every((status) => status === 403), statuses.at(-1)]).toEqual([true, 429])
    expect(await statusOf(linked(token, withPassword(password)))).toBe(429)
    expect(await statusOf(linked(other.token, withPassword(password)))).toBe(200)
  })
})
