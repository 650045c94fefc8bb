import { callJson } from '@packages/testkit/http-client'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, expect, test } from 'vitest'

const AT_ONCE = 50

let platform: TestPlatform
let operator: string
beforeAll(async () => {
  platform = await startPlatform()
  operator = (await platform.logIn()).accessToken
})
afterAll(() => platform.stop())

const put = (path: string, body: object) =>
  callJson(`${platform.apiUrl}/api/v1/admin/${path}`, { token: operator, method: 'PUT', body })

type Usage = Record<'storage' | 'files' | 'requests' | 'bandwidth', { used: number; limit: number | null }>
type Tenant = { key: string; id: string; usage(): Promise<Usage> }

/** An organization on a plan of its own. */
const tenant = async (plan: object): Promise<Tenant> => {
  const name = `plan-${crypto.randomUUID().slice(0, 8)}`
  await put(`plans/${name}`, plan)
  const key = await platform.apiKey(await platform.newUser())
  const usage = () => callJson<Usage & { organizationId: string }>(`${platform.apiUrl}/api/v1/usage`, { token: key })
  const { organizationId: id } = await usage()
  await put(`organizations/${id}/plan`, { plan: name })
  return { key, id, usage }
}

const send = async ({ key }: Tenant, content: string): Promise<{ status: number; code?: string; cid?: string }> => {
  const form = new FormData()
  form.append('file', new Blob([content]), 'file.txt')
  const headers = { authorization: `Bearer ${key}` }
  const response = await fetch(`${platform.apiUrl}/api/v1/files/upload`, { method: 'POST', headers, body: form })
  const { code, file } = (await response.json()) as { code?: string; file?: { cid: string } }
  return { status: response.status, ...(code === undefined ? {} : { code }), ...(file === undefined ? {} : file) }
}

const sendMany = (to: Tenant, size = 1_000) =>
  Promise.all(
    Array.from({ length: AT_ONCE }, (_, index) => send(to, `${index} of ${crypto.randomUUID()} `.padEnd(size, 'x'))),
  )

const statuses = (answers: { status: number; code?: string }[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { status, code } of answers) {
    const what = code === undefined ? String(status) : `${status} ${code}`
    counts[what] = (counts[what] ?? 0) + 1
  }
  return counts
}

test('of 50 uploads at once exactly those are stored that fit the storage limit', async () => {
  // A raw block has the bytes of its file.
  const small = await tenant({ storageBytes: 17_999 })
  expect(statuses(await sendMany(small))).toEqual({ '201': 17, '403 quota_exceeded': 33 })
  expect(await small.usage()).toMatchObject({ storage: { used: 17_000, limit: 17_999 }, files: { used: 17 } })
})

test('of 50 uploads at once exactly as many are stored as files are allowed, and one more for each that goes', async () => {
  const few = await tenant({ files: 23 })
  const answers = await sendMany(few)
  expect(statuses(answers)).toEqual({ '201': 23, '403 quota_exceeded': 27 })
  expect(await few.usage()).toMatchObject({ files: { used: 23, limit: 23 } })
  const { cid } = answers.find(({ status }) => status === 201) ?? {}
  const headers = { authorization: `Bearer ${few.key}` }
  const removed = await fetch(`${platform.apiUrl}/api/v1/files/${cid}`, { method: 'DELETE', headers })
  expect(removed.status).toBeLessThan(300)
  expect((await few.usage()).files.used).toBe(22)
  expect(statuses(await sendMany(few))).toEqual({ '201': 1, '403 quota_exceeded': 49 })
})

test('a file above the plan’s size is refused, told or not told before', async () => {
  const flat = await tenant({ maxFileBytes: 2_000 })
  expect(statuses([await send(flat, 'x'.repeat(2_000))])).toEqual({ '201': 1 })
  expect(statuses([await send(flat, 'y'.repeat(2_001))])).toEqual({ '413 payload_too_large': 1 })
  expect(statuses([await send(flat, 'z'.repeat(400_000))])).toEqual({ '413 payload_too_large': 1 })
  const resumable = await fetch(`${platform.apiUrl}/api/v1/uploads`, {
    method: 'POST',
    headers: { authorization: `Bearer ${flat.key}`, 'tus-resumable': '1.0.0', 'upload-length': '2001' },
  })
  expect(resumable.status).toBe(413)
  expect((await flat.usage()).files.used).toBe(1)
})

test('downloads count as bandwidth, and stop where it ends', async () => {
  const slim = await tenant({ bandwidthBytesPerMonth: 50_000 })
  const { cid } = await send(slim, 'b'.repeat(40_000))
  const headers = { authorization: `Bearer ${slim.key}` }
  const download = async (): Promise<number> => {
    const response = await fetch(`${platform.apiUrl}/api/v1/files/${cid}/car`, { headers })
    await response.arrayBuffer()
    return response.status
  }
  expect([await download(), await download()]).toEqual([200, 200])
  await expect.poll(async () => (await slim.usage()).bandwidth.used).toBeGreaterThan(80_000)
  expect(await download()).toBe(429)
  expect(statuses([await send(slim, 'still stored')])).toEqual({ '201': 1 })
})
