import { randomBytes } from 'node:crypto'
import type { FindabilityDeps } from '@services/ipfs-manager/network/findability'
import { findingOf } from '@services/ipfs-manager/network/finding'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody, type FormPart } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
let user: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  user = await api.addUser(operator)
})
afterAll(() => api.stop())

const PEER = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp'

const upload = async (parts: readonly FormPart[], query = '') => {
  const headers = { ...user.headers, ...FORM_HEADERS }
  const reply = await api.app.inject({
    method: 'POST',
    url: `/api/v1/files/upload${query}`,
    headers,
    payload: formBody(parts),
  })
  if (reply.statusCode !== 201) throw new Error(reply.body)
  return reply.json().file as { id: string; cid: string }
}
const status = (hash: string, query = '?check=network') =>
  api.call('GET', `/api/v1/pins/${hash}/status${query}`, { as: user.headers })
const asking = (ask: FindabilityDeps['ask']): string[] => {
  const asked: string[] = []
  api.content.network.ask = (cid, signal) => {
    asked.push(cid.toString())
    return ask(cid, signal)
  }
  return asked
}

describe('GET /pins/:hash/status?check=network', () => {
  it('tells that others find it at our node, asks once for all pins of it, and nobody without the check', async () => {
    const asked = asking(async () => findingOf(new Set([PEER, 'another']), new Set([PEER]), 7))
    const { cid } = await upload([filePart(randomBytes(100))])
    await api.call('POST', `/api/v1/pins/${cid}`, { as: user.headers })
    expect((await status(cid, '')).json().pins[0]).not.toHaveProperty('network')
    expect(asked).toEqual([])
    const { pins } = (await status(cid)).json()
    const network = {
      state: 'found',
      reason: null,
      ours: true,
      providers: [PEER, 'another'],
      asked: 7,
      announcedAt: null,
    }
    expect(pins).toMatchObject([{ network }, { network }])
    await status(pins[0].requestid)
    expect(asked).toEqual([cid])
    await api.db.kysely
      .updateTable('replicas')
      .set({ announced_at: new Date(0) })
      .execute()
    expect((await status(cid)).json().pins[0].network.announcedAt).toBe(new Date(0).toISOString())
  })

  it.each<[string, FindabilityDeps['ask'], object]>([
    ['nobody names it', async () => findingOf(new Set(), new Set(), 3), { state: 'not_found', reason: null }],
    [
      'nobody answers',
      async () => findingOf(new Set(), new Set(), 0),
      { state: 'unknown', reason: expect.any(String) },
    ],
    ['asking fails', () => Promise.reject(new Error('down')), { state: 'unknown', reason: expect.any(String) }],
    ['there is no network', () => null, { state: 'unknown', reason: expect.stringContaining('no public network') }],
    [
      'others alone have it',
      async () => findingOf(new Set(['another']), new Set([PEER]), 2),
      { state: 'found', ours: false },
    ],
  ])('tells the truth when %s', async (_when, ask, network) => {
    asking(ask)
    const { cid } = await upload([filePart(randomBytes(100))])
    expect((await status(cid)).json().pins[0].network).toMatchObject(network)
  })

  it('asks nobody for private files: to ask for a CID is to tell it', async () => {
    const asked = asking(async () => findingOf(new Set([PEER]), new Set([PEER]), 1))
    const { cid } = await upload([filePart(randomBytes(100))], '?visibility=private')
    expect((await status(cid)).json().pins[0].network).toBeNull()
    expect(asked).toEqual([])
  })

  it('refuses another check, and knows nothing of other tenants’ pins', async () => {
    const asked = asking(async () => findingOf(new Set(), new Set(), 1))
    expect((await status('bafkqaaa', '?check=all')).statusCode).toBe(400)
    const { cid } = await upload([filePart(randomBytes(100))])
    const stranger = await api.addUser(operator)
    const reply = await api.call('GET', `/api/v1/pins/${cid}/status?check=network`, { as: stranger.headers })
    expect([reply.statusCode, asked]).toEqual([404, []])
  })
})
