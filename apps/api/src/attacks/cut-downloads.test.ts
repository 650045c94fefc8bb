import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { filePart, FORM_HEADERS, formBody } from '../testing/multipart-form.ts'
import { buildTestContentApi, type TestApi, type TestUser } from '../testing/test-api.ts'

/** More than lies in buffers on the way. */
const LARGE = 24_000_000
let api: TestApi
let operator: TestUser
let owner: TestUser
let cid: string
const sockets: Socket[] = []
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  owner = await api.addUser(operator)
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  api.app.server.on('connection', (socket) => sockets.push(socket))
  const reply = await api.app.inject({
    method: 'POST',
    url: '/api/v1/files/upload',
    headers: { ...owner.headers, ...FORM_HEADERS },
    payload: formBody([filePart(randomBytes(LARGE), 'large.bin')]),
  })
  cid = reply.json().file.cid
})
afterAll(() => api.stop())

type Headers = Record<string, string>
type Reader = { headers: Headers; userId: string; key: { id: string; headers: Headers } }

/** Another owner of the organization, in a session of their own, and a key of theirs. */
const newReader = async (): Promise<Reader> => {
  const user = await api.addUser(operator)
  const row = { id: randomUUIDv7(), organization_id: owner.organizationId, user_id: user.id, role: 'owner' }
  await api.db.kysely.insertInto('members').values(row).execute()
  const body = { email: user.email, password: user.password }
  const { accessToken } = (await api.call('POST', '/api/v1/auth/login', { body })).json()
  const headers = { authorization: `Bearer ${accessToken}`, 'holdfast-org': owner.organizationId }
  return { headers, userId: user.id, key: await api.addApiKey({ ...user, headers }) }
}

const exportPath = () => `/api/v1/organizations/${owner.organizationId}/export`

/** Begins to read, and stops: what reads the rest, and tells what came in all and whether it came to an end. */
const begin = async (path: string, headers: Headers) => {
  const { port } = api.app.server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.join('')}\r\n`)
  const [first] = (await once(socket, 'data')) as [Buffer]
  socket.pause()
  expect(String(first)).toContain('HTTP/1.1 200 ')
  // All buffers on the way are full.
  await expect.poll(() => sockets.at(-1)?.writableNeedDrain, { timeout: 10_000 }).toBe(true)
  return async (): Promise<{ bytes: number; isWhole: boolean }> => {
    let bytes = first.length
    let tail: Buffer = first.subarray(-5)
    socket.on('data', (piece: Buffer) => {
      bytes += piece.length
      tail = Buffer.concat([tail, piece]).subarray(-5)
    })
    const closed = once(socket, 'close')
    socket.resume()
    await closed
    return { bytes, isWhole: String(tail) === '0\r\n\r\n' }
  }
}

const setState = (state: string) =>
  api.call('PUT', `/api/v1/admin/organizations/${owner.organizationId}/state`, {
    body: { state, reason: 'x' },
    as: operator.headers,
  })
const memberPath = ({ userId }: Reader) => `/api/v1/organizations/${owner.organizationId}/members/${userId}`

const countConnections = (): Promise<number> =>
  new Promise((resolve, reject) =>
    api.app.server.getConnections((error, open) => (error === null ? resolve(open) : reject(error))),
  )
/** Waits until the server has so many connections open; our own calls need none. */
const connections = (many: number) => expect.poll(countConnections, { timeout: 10_000 }).toBe(many)

const ENDS: [string, (reader: Reader) => Promise<{ statusCode: number }>][] = [
  ['its session is ended', ({ headers }) => api.call('POST', '/api/v1/auth/logout', { as: headers })],
  ['who reads it is removed', (reader) => api.call('DELETE', memberPath(reader), { as: owner.headers })],
  [
    'who reads it may do less from now on',
    (reader) => api.call('PATCH', memberPath(reader), { body: { role: 'viewer' }, as: owner.headers }),
  ],
]

it.each(ENDS)('an export that is being sent is cut when %s, also where nobody takes it off', async (_when, end) => {
  const reader = await newReader()
  const rest = await begin(exportPath(), reader.headers)
  expect((await end(reader)).statusCode).toBeLessThan(300)
  await connections(0)
  const { bytes, isWhole } = await rest()
  expect([bytes < LARGE, isWhole]).toEqual([true, false])
})

it.each([
  [
    'its key is revoked',
    ({ headers, key }: Reader) => api.call('DELETE', `/api/v1/api-keys/${key.id}`, { as: headers }),
  ],
  ['its organization is suspended', () => setState('suspended')],
])('a CAR that is being sent is cut when %s', async (_when, end) => {
  const reader = await newReader()
  const rest = await begin(`/api/v1/files/${cid}/car`, reader.key.headers)
  expect((await end(reader)).statusCode).toBeLessThan(300)
  await connections(0)
  const { bytes, isWhole } = await rest()
  await setState('active')
  expect([bytes < LARGE, isWhole]).toEqual([true, false])
})

it('an export goes on when it hangs on nothing that ends: a key of who reads it, the session of another', async () => {
  const [reader, other] = [await newReader(), await newReader()]
  const rest = await begin(exportPath(), reader.headers)
  await api.call('DELETE', `/api/v1/api-keys/${reader.key.id}`, { as: reader.headers })
  // Their own data: a suspension does not keep it from them.
  await setState('suspended')
  const cut = await begin(exportPath(), other.headers)
  await api.call('POST', '/api/v1/auth/logout', { as: other.headers })
  await connections(1)
  expect((await cut()).isWhole).toBe(false)
  const { bytes, isWhole } = await rest()
  await setState('active')
  expect([bytes > LARGE, isWhole]).toEqual([true, true])
})
