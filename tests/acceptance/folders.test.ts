import { createClient } from '@packages/api-client/create-client'
import { folderForm } from '@packages/api-client/upload-folder'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Account, setUp } from './session.ts'

let platform: SpawnedPlatform
let ada: Account

beforeAll(async () => {
  platform = await spawnPlatform()
  ada = await setUp(platform)
})
afterAll(() => platform?.[Symbol.asyncDispose]())

const client = () => createClient({ baseUrl: platform.apiUrl, apiKey: ada.key })

test('a folder with names of all kinds goes up by the client and is read at the gateway, file by file', async () => {
  const names = [
    'Grüße aus 東京 🚀.txt',
    'a "quoted" name',
    'line\nbreak',
    '100%25.txt',
    ' spaces ',
    'e\u0301',
    '\u00e9',
  ]
  const files = names.map((name) => ({ path: `all kinds/deep/er/${name}`, file: new Blob([name]) }))
  const { file, entries } = await client().uploadFolder({ files, directories: ['all kinds/void'] })
  expect(file).toMatchObject({ kind: 'directory', name: 'all kinds' })
  expect(entries).toBe(names.length + 4)
  // The gateway refuses control characters in addresses.
  for (const name of names.filter((one) => !one.includes('\n'))) {
    const answer = await fetch(`${platform.gatewayUrl}/ipfs/${file.cid}/deep/er/${encodeURIComponent(name)}`)
    expect([answer.status, await answer.text()]).toEqual([200, name])
  }
  expect(await (await fetch(`${platform.gatewayUrl}/ipfs/${file.cid}/`)).text()).toContain('void')
})

test('20,000 files go up in one form, whose CID was reckoned before, and are read by path', async () => {
  const files = Array.from({ length: 20_000 }, (_, n) => ({
    path: `big/${n % 50}/${n}.txt`,
    file: new Blob([`file ${n}`]),
  }))
  const reckoned = await fetch(`${platform.apiUrl}/api/v1/cid`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ada.key}` },
    body: folderForm({ files }),
  })
  const { cid, entries } = (await reckoned.json()) as { cid: string; entries: number }
  const uploaded = await client().uploadFolder({ files })
  expect(uploaded).toMatchObject({ file: { cid, name: 'big', kind: 'directory' }, entries })
  for (const n of [0, 777, 19_999]) {
    const answer = await fetch(`${platform.gatewayUrl}/ipfs/${cid}/${n % 50}/${n}.txt`)
    expect(await answer.text()).toBe(`file ${n}`)
  }
})
