import { afterAll, beforeAll, expect, it } from 'vitest'
import { matrixFixtures } from '../authorization/matrix-fixtures.ts'
import { filePart, FORM_HEADERS, formBody } from '../testing/multipart-form.ts'
import { buildTestContentApi, type TestApi, type TestUser } from '../testing/test-api.ts'
import { pictureOf } from './database-picture.ts'
import { allOperations, type Operation } from './json-operations.ts'

const operations = await allOperations()
const writes = operations.filter(({ body }) => body !== undefined)

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestContentApi({ mailConfigured: true })
  operator = await api.setUp()
})
afterAll(() => api.stop())

const pathOf = ({ url }: Operation): string =>
  matrixFixtures(api).pathOfNothing(url).replace(':organizationId', operator.organizationId)

const SEEDS = [Object.prototype, Array.prototype, Function.prototype, String.prototype].map(
  (prototype) => [prototype, Reflect.ownKeys(prototype).length] as const,
)
const polluted = (): boolean =>
  'polluted' in {} || SEEDS.some(([prototype, keys]) => Reflect.ownKeys(prototype).length !== keys)

/** `sample` as text, with a key that only text can have, at its start, its end, and one level down. */
const poisoned = (sample: unknown): string[] => {
  const fields = JSON.stringify(sample ?? {}).slice(1, -1)
  const rest = fields === '' ? '' : `,${fields}`
  const poison = '{"polluted":true,"platformRole":"operator","role":"owner"}'
  return [
    `{"__proto__":${poison}${rest}}`,
    `{${fields}${fields === '' ? '' : ','}"__proto__":${poison}}`,
    `{"constructor":{"prototype":${poison}}${rest}}`,
    `{"\\u005f_proto__":${poison}${rest}}`,
    `{"meta":{"__proto__":${poison}}${rest}}`,
    `{"metadata":[{"constructor":{"prototype":${poison}}}]${rest}}`,
  ]
}

it.each(writes.map((operation) => [operation.name, operation] as const))(
  '%s refuses keys that reach a prototype, and none is reached',
  async (_name, operation) => {
    const before = await pictureOf(api.db)
    for (const payload of poisoned(operation.sample)) {
      const reply = await api.app.inject({
        method: operation.method,
        url: pathOf(operation),
        payload,
        headers: {
          'content-type': 'application/json',
          ...(operation.access === 'public' ? {} : operator.headers),
        },
      })
      expect([payload, reply.statusCode, reply.json().code]).toEqual([payload, 400, 'invalid_json'])
      expect(polluted()).toBe(false)
    }
    expect(await pictureOf(api.db)).toEqual(before)
  },
)

it('queries and forms reach none either', async () => {
  const queries = [
    '__proto__[polluted]=1',
    'constructor[prototype][polluted]=1',
    '__proto__=polluted',
    '__proto__.polluted=1',
  ]
  for (const { method, url } of operations.filter((one) => one.method === 'GET'))
    for (const query of queries) {
      const path = matrixFixtures(api).pathOfNothing(url).replace(':organizationId', operator.organizationId)
      const reply = await api.call(method, `${path}?${query}`, { as: operator.headers })
      expect(reply.statusCode).toBeLessThan(500)
      expect(polluted()).toBe(false)
    }
  for (const name of ['__proto__', 'constructor', '__proto__[polluted]']) {
    const payload = formBody([{ name, body: '{"polluted":true}' }, filePart('content')])
    const reply = await api.app.inject({
      method: 'POST',
      url: '/api/v1/files/upload',
      payload,
      headers: { ...operator.headers, ...FORM_HEADERS },
    })
    expect(reply.statusCode).toBeLessThan(500)
    expect(polluted()).toBe(false)
  }
})

it('better-auth’s own routes pass none on', async () => {
  for (const payload of poisoned({ email: operator.email, password: operator.password })) {
    const reply = await api.app.inject({
      method: 'POST',
      url: '/api/auth/sign-in/email',
      payload,
      headers: { 'content-type': 'application/json', origin: 'http://127.0.0.1:3000' },
    })
    expect(reply.statusCode).toBe(400)
    expect(polluted()).toBe(false)
  }
})
