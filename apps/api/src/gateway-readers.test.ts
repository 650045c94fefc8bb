import { silentLogger } from '@packages/runtime/minimal-logger'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type GatewayReaders, openGatewayReaders } from './gateway-readers.ts'
import { buildTestApi, TEST_ORIGIN, type TestApi, type TestUser } from './testing/test-api.ts'

let api: TestApi
let user: TestUser
let readers: GatewayReaders
beforeAll(async () => {
  api = await buildTestApi()
  user = await api.addUser(await api.setUp())
  const keys = { masterKey: api.masterKey, ...api.keys }
  readers = await openGatewayReaders({ db: api.db, keys, publicUrl: TEST_ORIGIN, logger: silentLogger })
})
afterAll(async () => {
  await readers?.stop()
  await api.stop()
})

const read = (token: string, isAgain = false) =>
  readers.authenticate({ token, organization: undefined, address: '127.0.0.1', isAgain })

it('tells what a credential hangs on: its user, and the key or session', async () => {
  const { organizationId, id: userId } = user
  const { id, key } = await api.addApiKey(user)
  expect(await read(key)).toEqual({ organizationId, hangsOn: [userId, id] })
  const bySession = await read(user.accessToken)
  expect(bySession).toEqual({ organizationId, hangsOn: [userId, expect.stringMatching(/^[\w-]{20,}$/)] })
})

it('takes no use of a key for what is being sent already', async () => {
  const { key } = await api.addApiKey(user, { name: 'once', maxUses: 1 })
  await read(key)
  await expect(read(key)).rejects.toMatchObject({ code: 'invalid_token' })
  await read(key, true)
  await read(key, true)
})

it('what it was told of holds for the next question, whatever it remembers', async () => {
  const { id, key } = await api.addApiKey(user)
  await read(key)
  // Nobody writes it to the policy log: what is remembered would be good for seconds.
  await api.db.kysely.updateTable('api_keys').set({ revoked_at: new Date() }).where('id', '=', id).execute()
  await read(key, true)
  readers.hear([{ kind: 'api-key.revoked', apiKeyId: id }])
  await expect(read(key, true)).rejects.toMatchObject({ code: 'invalid_token' })
})
