import { randomUUIDv7 } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { POLICY_WAIT } from '../testing/policy-wait.ts'
import { buildTestContentApi, type TestApi, type TestUser } from '../testing/test-api.ts'

let api: TestApi
let operator: TestUser
let user: TestUser
let neighbour: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  user = await api.addUser(operator)
  neighbour = await api.addUser(operator)
  await api.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => api.stop())

/** Somebody else of the user's organization, with a key there; what is sent by it is the organization's. */
const newMember = async (): Promise<Sender> => {
  const member = await api.addUser(operator)
  const row = { id: randomUUIDv7(), organization_id: user.organizationId, user_id: member.id, role: 'developer' }
  await api.db.kysely.insertInto('members').values(row).execute()
  await api.db.unitOfWork.run(async (uow) => uow.policy({ kind: 'user.changed', userId: member.id }))
  const headers = { ...member.headers, 'holdfast-org': user.organizationId }
  // The membership is seen when the policy log was read.
  await vi.waitFor(async () => {
    expect((await api.call('GET', '/api/v1/files', { as: headers })).statusCode).toBe(200)
  }, POLICY_WAIT)
  return { user, member, key: await api.addApiKey({ ...member, headers }) }
}
const memberPath = ({ user: { organizationId }, member }: Sender): string =>
  `/api/v1/organizations/${organizationId}/members/${member?.id}`
const rotate = ({ user: { headers }, key }: Sender, graceSeconds: number) =>
  api.call('POST', `/api/v1/api-keys/${key.id}/rotate`, { body: { graceSeconds }, as: headers })

const setState = async ({ organizationId }: TestUser, state: string): Promise<void> => {
  const path = `/api/v1/admin/organizations/${organizationId}/state`
  const reply = await api.call('PUT', path, { body: { state, reason: 'x' }, as: operator.headers })
  expect(reply.statusCode).toBe(200)
}

type Sender = { user: TestUser; key: { id: string; headers: Record<string, string> }; member?: TestUser }
const newSender = async (of: TestUser): Promise<Sender> => ({ user: of, key: await api.addApiKey(of) })

/** The beginning of an upload of which the rest can come for hours, on a socket of its own. */
const begin = async (head: (authorization: string) => string, headers: Record<string, string>) => {
  const { port } = api.app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  const received: string[] = []
  socket.on('data', (chunk) => received.push(chunk.toString()))
  await once(socket, 'connect')
  socket.write(head(`Authorization: ${headers.authorization}\r\n`))
  return { socket, text: () => received.join('') }
}
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const PART = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nthe beginning'
const FORM = (authorization: string): string =>
  `POST /api/v1/files/upload HTTP/1.1\r\nHost: x\r\n${authorization}Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(PART)}`
const CAR = (authorization: string): string =>
  `POST /api/v1/files/car HTTP/1.1\r\nHost: x\r\n${authorization}Content-Type: application/vnd.ipld.car\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('\x3a')}`
const TUS = (authorization: string): string =>
  `POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\n${authorization}Tus-Resumable: 1.0.0\r\nUpload-Length: 1000\r\nUpload-Metadata: filename YQ==\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 1000\r\n\r\nthe beginning`

const LIST = (authorization: string): string => `GET /api/v1/files HTTP/1.1\r\nHost: x\r\n${authorization}\r\n`

type Closing = [string, (sender: Sender) => Promise<unknown>, number, string]
const CLOSINGS: Closing[] = [
  ['its organization is frozen', ({ user }) => setState(user, 'read-only'), 403, 'organization_read_only'],
  ['its organization is suspended', ({ user }) => setState(user, 'suspended'), 403, 'organization_suspended'],
  [
    'its key is revoked',
    ({ user, key }) => api.call('DELETE', `/api/v1/api-keys/${key.id}`, { as: user.headers }),
    401,
    'invalid_token',
  ],
]

/** By what has no entry of its own that says that it has ended. */
const CHANGES: Closing[] = [
  [
    'its key gets another secret, and no grace',
    async (sender) => expect((await rotate(sender, 0)).statusCode).toBe(200),
    401,
    'invalid_token',
  ],
  [
    'its sender is removed from the organization',
    (sender) => api.call('DELETE', memberPath(sender), { as: sender.user.headers }),
    401,
    'invalid_token',
  ],
  [
    'its sender may only look from now on',
    (sender) => api.call('PATCH', memberPath(sender), { as: sender.user.headers, body: { role: 'viewer' } }),
    403,
    'forbidden',
  ],
]

it.each(CHANGES)('an upload is ended when %s, and its sender is told', async (_why, change, status, code) => {
  const sender = await newMember()
  const { socket, text } = await begin(FORM, sender.key.headers)
  await change(sender)
  await expect.poll(text, { timeout: 10_000 }).toContain(`"${code}"`)
  expect(text()).toContain(`HTTP/1.1 ${status} `)
  socket.destroy()
})

describe.each([
  ['a form', FORM],
  ['a CAR', CAR],
  ['a resumable upload', TUS],
] as const)('%s that is being sent', (_what, head) => {
  it.each(CLOSINGS)('is ended when %s, and its sender is told', async (_why, close, status, code) => {
    const sender = await newSender(user)
    const { socket, text } = await begin(head, sender.key.headers)
    await close(sender)
    await expect.poll(text, { timeout: 10_000 }).toContain(`"${code}"`)
    expect(text()).toContain(`HTTP/1.1 ${status} `)
    socket.destroy()
    await setState(sender.user, 'active')
    const { files } = (await api.call('GET', '/api/v1/files', { as: sender.user.headers })).json()
    expect(files).toEqual([])
  })
})

it('what is being sent goes on when its organization changes and stays open', async () => {
  const sender = await newSender(user)
  const { socket, text } = await begin(FORM, sender.key.headers)
  await setState(user, 'active')
  const other = await newSender(neighbour)
  await setState(other.user, 'suspended')
  await api.call('DELETE', `/api/v1/api-keys/${other.key.id}`, { as: other.user.headers })
  // The secret that it began with works on.
  expect((await rotate(sender, 60)).statusCode).toBe(200)
  socket.write(`${chunk(' and the end\r\n--x--\r\n')}0\r\n\r\n`)
  await expect.poll(text, { timeout: 10_000 }).toContain('HTTP/1.1 201 ')
  socket.destroy()
})

it('a kept connection is refused what comes next, whatever was pipelined before', async () => {
  const sender = await newSender(user)
  const { socket, text } = await begin(LIST, sender.key.headers)
  await expect.poll(text).toContain('HTTP/1.1 200 ')
  await setState(sender.user, 'suspended')
  const next = LIST(`Authorization: ${sender.key.headers.authorization}\r\n`)
  socket.write(next + next)
  await expect.poll(() => text().split('organization_suspended').length, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
  expect(text().split('HTTP/1.1 200 ')).toHaveLength(2)
  socket.destroy()
})
