import { randomBytes } from 'node:crypto'
import { openKeys } from '@packages/db/keys/open-keys'
import { rotateMasterKey } from '@packages/db/keys/rotate-master-key'
import { startTestDatabase } from '@packages/db/test-database'
import type { MasterKeySource } from '@packages/runtime/master-keys/master-key-source'
import { expect, onTestFinished, test, vi } from 'vitest'
import { FORM_HEADERS, filePart, formBody } from '../testing/multipart-form.ts'
import { buildTestApiOn } from '../testing/test-api.ts'
import { startTestContent } from '../testing/test-content.ts'

test('a running API takes the new master key over, and one that it cannot read holds no revocation up', async () => {
  const database = await startTestDatabase()
  const content = await startTestContent(database.db)
  let given: readonly Uint8Array[] = [randomBytes(32)]
  let broken = false
  const source: MasterKeySource = {
    place: 'memory',
    read: async () => {
      if (broken) throw new Error('no answer')
      return given
    },
    write: async (keys) => void (given = keys),
  }
  const keys = await openKeys({ kysely: database.db.kysely, source, create: true })
  const api = await buildTestApiOn({ db: database.db, stop: async () => {} }, { ...keys, content: content.deps })
  onTestFinished(async () => {
    await api.stop()
    await content.stop()
    await database.stop()
  })
  const owner = await api.setUp()
  const upload = async (text: string): Promise<string> => {
    const url = '/api/v1/files/upload?visibility=private'
    const headers = { ...owner.headers, ...FORM_HEADERS }
    const reply = await api.app.inject({ method: 'POST', url, headers, payload: formBody([filePart(text)]) })
    return reply.json().file.id
  }
  const texts = ['written before', 'written after']
  const files = [await upload(texts[0] ?? '')]
  const held = () => keys.masterKeys.held.map(({ version }) => version)

  await rotateMasterKey({ db: database.db, source })
  // The key before leaves the memory, too, without a request that needed the new one.
  await vi.waitFor(() => expect(held()).toEqual([2]), { timeout: 5_000 })
  files.push(await upload(texts[1] ?? ''))
  for (const [index, id] of files.entries()) {
    const car = await api.call('GET', `/api/v1/files/${id}/car`, { as: owner.headers })
    expect([car.statusCode, car.rawPayload.includes(texts[index] ?? '?')]).toEqual([200, true])
  }

  broken = true
  const other: MasterKeySource = { ...source, read: async () => given }
  await rotateMasterKey({ db: database.db, source: other })
  const key = await api.addApiKey(owner)
  const asked = () => api.call('GET', '/api/v1/usage', { as: key.headers })
  expect((await asked()).statusCode).toBe(200)
  await database.db.unitOfWork.run(async ({ tx, policy }) => {
    await tx.updateTable('api_keys').set({ revoked_at: new Date() }).where('id', '=', key.id).execute()
    policy({ kind: 'api-key.revoked', apiKeyId: key.id })
  })
  await vi.waitFor(async () => expect((await asked()).statusCode).toBe(401), { timeout: 5_000 })
  // What is refused says nothing about keys, and works when the place answers again.
  const refused = await api.call('GET', `/api/v1/files/${files[0]}/car`, { as: owner.headers })
  expect([refused.statusCode, refused.json().code]).toEqual([500, 'internal'])
  broken = false
  const again = await api.call('GET', `/api/v1/files/${files[0]}/car`, { as: owner.headers })
  expect(again.statusCode).toBe(200)
})
