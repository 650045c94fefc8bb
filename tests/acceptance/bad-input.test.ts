import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { addresses } from './bad-input/addresses.ts'
import { credentials } from './bad-input/credentials.ts'
import { gatewayRequests } from './bad-input/gateway-requests.ts'
import { malformedCids } from './bad-input/malformed-cids.ts'
import { malformedJson } from './bad-input/malformed-json.ts'
import { malformedUploads, UPLOAD_LIMIT } from './bad-input/malformed-uploads.ts'
import type { BadInputContext } from './bad-input/row.ts'
import { rawRequest } from './raw-request.ts'
import { Session, setUp } from './session.ts'
import { cookieOf } from './session-cookie.ts'

const rows = [...malformedCids, ...malformedUploads, ...malformedJson, ...credentials, ...addresses, ...gatewayRequests]

let platform: SpawnedPlatform
let session: Session
let context: BadInputContext

beforeAll(async () => {
  platform = await spawnPlatform({
    environment: { UPLOAD_MAX_BYTES: String(UPLOAD_LIMIT), RATE_LIMIT_LOGIN: '0', RATE_LIMIT_ANONYMOUS: '0' },
  })
  const administrator = await setUp(platform)
  session = new Session(platform, administrator.key)
  const held = await session.upload('held while all of this goes on\n', { name: 'held.txt' })
  context = {
    key: administrator.key,
    readOnlyKey: await administrator.createApiKey(['files:read']),
    accessToken: administrator.accessToken,
    cookie: await cookieOf(platform.apiUrl, administrator),
    cid: held.file.cid,
    name: 'held.txt',
  }
})

afterAll(() => platform?.[Symbol.asyncDispose]())

test('the table has 60 rows or more, each with a name of its own', () => {
  expect(rows.length).toBeGreaterThanOrEqual(60)
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length)
})

describe('what is not valid is refused with its status and code', () => {
  test.each(rows)('$name: $status $code', async ({ to, request, status, code }) => {
    const answer = await rawRequest(to === 'api' ? platform.apiUrl : platform.gatewayUrl, request(context))
    const text = answer.body.toString()
    expect({ status: answer.status, body: text }).toMatchObject({ status })
    // A request that even Node's parser refuses has no Accept header: the gateway answers in text then.
    if (answer.headers.get('content-type')?.startsWith('application/problem+json') === true)
      expect(JSON.parse(text)).toMatchObject({ status, code })
    else expect(text).toContain(`${status} ${code}`)
    expect(text).not.toMatch(/node_modules|\/src\/|\bat .*\.ts:\d|select |insert /i)
  })
})

test('nothing of it is left: one file, one pin, nothing half-written, and everything still works', async () => {
  const files = await session.listAll()
  expect(files.map(({ name }) => name)).toEqual(['held.txt'])
  const after = await session.upload('and after it\n', { name: 'after.txt' })
  expect((await fetch(`${platform.gatewayUrl}/ipfs/${after.file.cid}`)).status).toBe(200)
  expect((await fetch(`${platform.apiUrl}/health/ready`)).status).toBe(200)
  expect(platform.output()).not.toMatch(/programming error|the request failed/)
})
