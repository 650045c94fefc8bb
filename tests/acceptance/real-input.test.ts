import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestOf, generatedBytes } from './generated-bytes.ts'
import { picture } from './picture.ts'
import { type Account, Session, setUp } from './session.ts'
import { streamUpload } from './stream-upload.ts'

const MIB = 1024 * 1024

let platform: SpawnedPlatform
let ada: Account
let session: Session

beforeAll(async () => {
  platform = await spawnPlatform()
  ada = await setUp(platform)
  session = new Session(platform, ada.key)
})
afterAll(() => platform?.[Symbol.asyncDispose]())

const atGateway = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${platform.gatewayUrl}/ipfs/${path}`, init)
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

test('1 GiB goes up and comes down with the same SHA-256, whole and in part', async () => {
  const size = 1024 * MIB
  const expected = await digestOf(generatedBytes(size, 1))
  const { file, pin } = await streamUpload({
    apiUrl: platform.apiUrl,
    key: ada.key,
    name: 'big.bin',
    size,
    source: generatedBytes(size, 1),
  })
  expect(file.size).toBe(size)
  expect(pin.status).toBe('pinned')
  const whole = await atGateway(file.cid)
  expect(await digestOf(whole.body)).toEqual(expected)
  const part = await atGateway(file.cid, { headers: { range: `bytes=${700 * MIB - 7}-${700 * MIB + 8}` } })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-range')).toBe(`bytes ${700 * MIB - 7}-${700 * MIB + 8}/${size}`)
  const there: Buffer[] = []
  let at = 0
  for await (const piece of generatedBytes(701 * MIB, 1)) {
    if (at >= 699 * MIB) there.push(piece)
    at += piece.length
  }
  expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.concat(there).subarray(MIB - 7, MIB + 9))
  expect(await session.delete(file.id)).toBeLessThan(300)
})

test('a photo comes back as a picture, by its CID and by its name', async () => {
  const photo = picture(1600, 1200)
  const { file } = await session.upload(new Blob([new Uint8Array(photo)], { type: 'image/png' }), { name: 'photo.png' })
  expect(file.contentType).toBe('image/png')
  for (const path of [file.cid, `${file.cid}/photo.png`]) {
    const answer = await atGateway(path)
    expect(answer.headers.get('content-type')).toBe('image/png')
    expect(sha256(await answer.bytes())).toBe(sha256(photo))
  }
  const named = await atGateway(`${file.cid}/photo.png`)
  expect(named.headers.get('content-disposition')).toMatch(/inline.*photo\.png/)
  await named.body?.cancel()
})

test('an empty file is a file', async () => {
  const { file, pin } = await session.upload('', { name: 'empty.txt' })
  expect(file).toMatchObject({ size: 0, name: 'empty.txt' })
  expect(pin.status).toBe('pinned')
  const answer = await atGateway(file.cid)
  expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '0', ''])
})

test.each([
  '"; rm -rf ~; #.txt',
  '<img src=x onerror=alert(1)>.html',
  'Grüße aus 東京 🚀.txt',
  'photo\u202egpj.exe',
  'CON',
  ' leading and trailing ',
  '%2e%2e%2f.txt',
  "it's 100 % 'quoted', really; filename=\"x\".txt",
  'ﬁle‮\u0301.txt',
  `${'n'.repeat(251)}.txt`,
])('the hostile name %j comes back as it was given', async (name) => {
  const content = `content of ${name}`
  const { file } = await session.upload(content, { name })
  const given = name.normalize('NFC')
  expect(file.name).toBe(given)
  const listed = (await session.listPage({ limit: 1 })).files[0]
  expect(listed?.name).toBe(given)
  const answer = await atGateway(`${file.cid}/${encodeURIComponent(given)}`)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toBe(content)
  const disposition = answer.headers.get('content-disposition') ?? ''
  const encoded = /filename\*=UTF-8''([^;]*)/i.exec(disposition)?.[1]
  if (encoded !== undefined) expect(decodeURIComponent(encoded)).toBe(given)
  else expect(disposition).toContain(`filename="${given}"`)
})

const contentOf = (n: number): string => `small file ${n}\n`.repeat(1 + (n % 50))

test('1,000 small files by 16 at a time: each is listed once, each reads back', async () => {
  const user = await ada.createUser('many@example.org', 'Many')
  const many = new Session(platform, user.key)
  const cids: string[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < 1_000) {
      const n = next++
      cids[n] = (await many.upload(contentOf(n), { name: `${n}.txt` })).file.cid
    }
  }
  await Promise.all(Array.from({ length: 16 }, lane))
  const listed = await many.listAll()
  expect(listed).toHaveLength(1_000)
  expect(new Set(listed.map(({ id }) => id)).size).toBe(1_000)
  expect(listed.every(({ pin }) => pin.status === 'pinned')).toBe(true)
  for (let n = 0; n < 1_000; n++) expect(await (await atGateway(cids[n] ?? '')).text()).toBe(contentOf(n))
})

test('two users with the same file: when one deletes it, the other still reads it; when both do, it is gone', async () => {
  const grace = new Session(platform, (await ada.createUser('grace@example.org', 'Grace')).key)
  const content = `shared by two, ${Date.now()}`
  const mine = await session.upload(content, { name: 'mine.txt' })
  const hers = await grace.upload(content, { name: 'hers.txt' })
  expect(hers.file.cid).toBe(mine.file.cid)
  // Each sees its own alone.
  expect((await grace.listAll()).map(({ name }) => name)).toEqual(['hers.txt'])
  await expect(grace.delete(mine.file.id)).rejects.toMatchObject({ status: 404 })

  expect(await session.delete(mine.file.cid)).toBeLessThan(300)
  expect(await (await atGateway(mine.file.cid)).text()).toBe(content)
  expect((await atGateway(`${mine.file.cid}/mine.txt`)).status).toBe(404)
  expect(await (await atGateway(`${mine.file.cid}/hers.txt`)).text()).toBe(content)
  expect(await grace.pinStatus(hers.file.cid)).toContain('"pinned"')

  const status = await grace.delete(hers.file.cid)
  if (status === 202) await sleep(2_000)
  expect((await atGateway(mine.file.cid)).status).toBe(404)
  await expect(grace.pinStatus(hers.file.cid)).rejects.toMatchObject({ status: 404 })
})
