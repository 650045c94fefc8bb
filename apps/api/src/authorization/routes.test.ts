import { afterAll, beforeAll, expect, it } from 'vitest'
import { declaredRoutes } from '../openapi/declared-routes.ts'
import { buildTestContentApi, type TestApi, type TestUser } from '../testing/test-api.ts'

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const ID = '0190d0c0-0000-7000-8000-000000000001'
const EVERYTHING = ['files:read', 'files:write', 'pins:read', 'pins:write'] as const

type Caller = 'nobody' | 'wrong key' | 'empty-handed key' | 'key' | 'member' | 'operator'

/**
 * What a route answers to whom, with a valid request about nothing that exists. `-` stands for any answer that is no
 * refusal (2xx, 400 for the body, 404 for the thing). A new route fails this test until it stands here.
 *                                       nobody  wrong  other scope  key  member  operator
 */
const TABLE: Record<string, [string, string, string, string, string, string]> = {
  'GET /api/v1/setup': ['-', '-', '-', '-', '-', '-'],
  'POST /api/v1/setup': ['-', '-', '-', '-', '-', '-'],
  'POST /api/v1/auth/login': ['-', '-', '-', '-', '-', '-'],
  'POST /api/v1/auth/refresh': ['-', '-', '-', '-', '-', '-'],
  'POST /api/v1/auth/logout': ['401', '401', '403', '403', '-', '-'],
  'GET /api/v1/auth/me': ['401', '401', '-', '-', '-', '-'],
  'POST /api/v1/users': ['401', '401', '403', '403', '403', '-'],
  'GET /api/v1/usage': ['401', '401', '-', '-', '-', '-'],
  'GET /api/v1/admin/plans': ['401', '401', '403', '403', '403', '-'],
  'PUT /api/v1/admin/plans/:name': ['401', '401', '403', '403', '403', '-'],
  'DELETE /api/v1/admin/plans/:name': ['401', '401', '403', '403', '403', '-'],
  'PUT /api/v1/admin/organizations/:id/plan': ['401', '401', '403', '403', '403', '-'],
  'POST /api/v1/api-keys': ['401', '401', '403', '403', '-', '-'],
  'GET /api/v1/api-keys': ['401', '401', '403', '403', '-', '-'],
  'DELETE /api/v1/api-keys/:id': ['401', '401', '403', '403', '-', '-'],
  'GET /api/v1/audit-log': ['401', '401', '403', '403', '-', '-'],
  'GET /api/v1/audit-log/export': ['401', '401', '403', '403', '-', '-'],
  'POST /api/v1/files/upload': ['401', '401', '403', '-', '-', '-'],
  'POST /api/v1/files/car': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/files/:hash/car': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/imports': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/imports/:id': ['401', '401', '403', '-', '-', '-'],
  'DELETE /api/v1/imports/:id': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/files': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/files/:hash': ['401', '401', '403', '-', '-', '-'],
  'DELETE /api/v1/files/:hash': ['401', '401', '403', '-', '-', '-'],
  'OPTIONS /api/v1/uploads': ['-', '-', '-', '-', '-', '-'],
  'POST /api/v1/uploads': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/uploads': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/uploads/:upload': ['401', '401', '403', '-', '-', '-'],
  'PATCH /api/v1/uploads/:upload': ['401', '401', '403', '-', '-', '-'],
  'DELETE /api/v1/uploads/:upload': ['401', '401', '403', '-', '-', '-'],
  'POST /api/v1/uploads/folders': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/uploads/folders/:folder': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/uploads/folders/:folder/entries': ['401', '401', '403', '-', '-', '-'],
  'POST /api/v1/uploads/folders/:folder/complete': ['401', '401', '403', '-', '-', '-'],
  'DELETE /api/v1/uploads/folders/:folder': ['401', '401', '403', '-', '-', '-'],
  'POST /api/v1/cid': ['401', '401', '403', '-', '-', '-'],
  'POST /api/v1/cid/infer': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/pins': ['401', '401', '403', '-', '-', '-'],
  'POST /api/v1/pins/:hash': ['401', '401', '403', '-', '-', '-'],
  'DELETE /api/v1/pins/:hash': ['401', '401', '403', '-', '-', '-'],
  'GET /api/v1/pins/:hash/status': ['401', '401', '403', '-', '-', '-'],
}

const BODIES: Record<string, object> = {
  'POST /api/v1/users': { email: 'by-the-table@example.org', password: 'long enough', name: 'X' },
  'POST /api/v1/api-keys': { name: 'by the table' },
  'POST /api/v1/cid/infer': { cid: CID },
  'PUT /api/v1/admin/plans/:name': {},
  'PUT /api/v1/admin/organizations/:id/plan': { plan: 'trial' },
  'POST /api/v1/uploads/folders': { name: 'by the table', entries: [{ path: 'a', size: 1 }] },
}

let api: TestApi
let operator: TestUser
let member: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  member = await api.addUser(operator)
})
afterAll(() => api.stop())

/** The scope that the route does not ask for. */
const otherScope = (route: string): string[] => {
  // Reckoning changes nothing.
  if (route.includes('/cid')) return EVERYTHING.filter((scope) => scope !== 'files:read')
  const kind = /\/(files|imports|uploads)/.test(route) ? 'files' : 'pins'
  const verb = route.startsWith('GET') ? 'read' : 'write'
  return EVERYTHING.filter((scope) => scope !== `${kind}:${verb}`)
}

const call = async (route: string, as: Record<string, string>): Promise<string> => {
  const [method = '', pattern = ''] = route.split(' ')
  const url = pattern.replace(':hash', CID).replace(':id', ID).replace(':name', 'by-the-table')
  const isForm = pattern.endsWith('/upload') || pattern.endsWith('/cid') || route === 'POST /api/v1/files/car'
  const upload = isForm ? { 'content-type': 'multipart/form-data; boundary=x' } : {}
  const reply = await api.app.inject({
    method: method as 'GET' | 'POST' | 'DELETE',
    url,
    headers: { ...as, ...upload },
    ...(isForm ? { payload: '--x--\r\n' } : {}),
    ...(BODIES[route] === undefined ? {} : { payload: BODIES[route] }),
  })
  if (reply.statusCode >= 500) throw new Error(`${route}: ${reply.body}`)
  return reply.statusCode === 401 || reply.statusCode === 403 ? String(reply.statusCode) : '-'
}

it('knows every route of the REST API', async () => {
  const declared = (await declaredRoutes())
    .filter(({ method, url }) => method !== 'HEAD' && url.startsWith('/api/v1/'))
    .map(({ method, url }) => `${method} ${url}`)
  expect(Object.keys(TABLE).toSorted()).toEqual(declared.toSorted())
})

it.each(Object.entries(TABLE))('%s', async (route, expected) => {
  const callers: Record<Caller, Record<string, string>> = {
    nobody: {},
    'wrong key': { authorization: `Bearer hfast_${'0'.repeat(38)}` },
    'empty-handed key': (await api.addApiKey(operator, { name: 'x', scopes: otherScope(route) })).headers,
    key: (await api.addApiKey(operator, { name: 'x', scopes: EVERYTHING })).headers,
    // A route that ends the session gets one of its own.
    member: route.endsWith('/logout') ? (await api.addUser(operator)).headers : member.headers,
    operator: route.endsWith('/logout') ? (await api.addUser(operator)).headers : operator.headers,
  }
  const answers: string[] = []
  for (const headers of Object.values(callers)) answers.push(await call(route, headers))
  expect(answers).toEqual(expected)
})
