import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { declaredRoutes } from './declared-routes.ts'
import { openApiDocument } from './openapi-document.ts'
import { openApiYaml } from './write-openapi.ts'

type Operation = {
  operationId: string
  security: object[]
  parameters?: { $ref?: string }[]
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}

const operations = async (): Promise<[string, Operation][]> => {
  const { paths } = openApiDocument(await declaredRoutes()) as { paths: Record<string, Record<string, Operation>> }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  )
}

it('is what is committed', async () => {
  const committed = await readFile(new URL('../../../../docs/api/openapi.yaml', import.meta.url), 'utf8')
  expect(committed).toBe(await openApiYaml())
})

it('describes every route of the REST API', async () => {
  const undescribed = (await declaredRoutes())
    .filter(({ method, url }) => method !== 'HEAD' && url.startsWith('/api/v1/'))
    .filter(({ schema }) => schema?.docs === undefined)
  expect(undescribed.map(({ method, url }) => `${method} ${url}`)).toEqual([])
})

it('answers every error as a problem, and says which codes there are', async () => {
  for (const [name, { responses }] of await operations()) {
    expect(Object.keys(responses).some((status) => status.startsWith('2'))).toBe(true)
    for (const [status, { content = {} }] of Object.entries(responses))
      if (Number(status) >= 400 && name.includes('/api/v1/'))
        expect([name, status, Object.keys(content)]).toEqual([name, status, ['application/problem+json']])
  }
})

/** They change nothing: asking again is harmless. */
const ONLY_ASK = [
  'POST /api/v1/auth/confirmations/challenge',
  'POST /api/v1/cid',
  'POST /api/v1/cid/infer',
  'POST /api/v1/auth/passkeys/challenge',
]

/** Links work once by themselves, and asking again mails another (ADR 0094). */
const BY_LINK = [
  'POST /api/v1/auth/password/forgot',
  'POST /api/v1/auth/password/reset',
  'POST /api/v1/auth/password',
  'POST /api/v1/auth/email',
  'POST /api/v1/auth/email/verification',
  'POST /api/v1/auth/email/confirm',
  'POST /api/v1/auth/register',
  'POST /api/v1/auth/register/complete',
  'POST /api/v1/auth/invitation',
  'POST /api/v1/auth/invitation/accept',
  'POST /api/v1/invitations/{id}/resend',
]

/** A second erasure is refused while the first runs, and then there is nothing left; an import passes over what is there; a node is there once by its address. */
const ONCE_BY_NATURE = [
  'POST /api/v1/auth/confirmations',
  'POST /api/v1/account/erasure',
  'POST /api/v1/organizations/{organizationId}/erasure',
  'POST /api/v1/admin/organizations/{id}/erasure',
  'POST /api/v1/admin/users/{id}/erasure',
  'POST /api/v1/erasures/receipt',
  'POST /api/v1/organizations/{organizationId}/import',
  'POST /api/v1/pins/{hash}/retry',
  'POST /api/v1/pins/retry',
  'POST /api/v1/admin/nodes',
]

/** Codes and challenges work once by themselves, and what is shown once is not kept to be shown again (ADR 0097, 0098, 0120, 0162). */
const BY_CODE = [
  'POST /api/v1/auth/mfa/totp',
  'POST /api/v1/auth/mfa/totp/confirm',
  'POST /api/v1/auth/mfa/recovery-codes',
  'POST /api/v1/auth/mfa/disable',
  'POST /api/v1/auth/passkeys',
  'POST /api/v1/auth/passkeys/options',
  'POST /api/v1/auth/passkeys/sign-in',
  'POST /api/v1/admin/mfa-resets',
  'POST /api/v1/auth/device',
  'POST /api/v1/auth/device/token',
  'POST /api/v1/auth/device/request',
  'POST /api/v1/auth/device/approve',
  'POST /api/v1/auth/device/deny',
  'POST /api/v1/ipns/keys/{id}/export',
]

it('takes an Idempotency-Key on every POST that changes something', async () => {
  const posts = (await operations()).filter(
    ([name]) => name.startsWith('POST ') && ![...ONLY_ASK, ...BY_LINK, ...ONCE_BY_NATURE, ...BY_CODE].includes(name),
  )
  expect(posts.length).toBeGreaterThan(4)
  for (const [name, { parameters = [] }] of posts)
    expect([name, parameters.map(({ $ref }) => $ref)]).toEqual([
      name,
      expect.arrayContaining(['#/components/parameters/IdempotencyKey']),
    ])
})

it('opens to anyone only what must be', async () => {
  const open = (await operations()).filter(([, { security }]) => security.length === 0).map(([name]) => name)
  expect(open.filter((name) => name.includes('/api/v1/')).toSorted()).toEqual([
    'GET /api/v1/setup',
    'OPTIONS /api/v1/uploads',
    'POST /api/v1/auth/device',
    'POST /api/v1/auth/device/token',
    'POST /api/v1/auth/email/confirm',
    'POST /api/v1/auth/invitation',
    'POST /api/v1/auth/login',
    'POST /api/v1/auth/mfa',
    'POST /api/v1/auth/passkeys/challenge',
    'POST /api/v1/auth/passkeys/sign-in',
    'POST /api/v1/auth/password/forgot',
    'POST /api/v1/auth/password/reset',
    'POST /api/v1/auth/refresh',
    'POST /api/v1/auth/register',
    'POST /api/v1/auth/register/complete',
    'POST /api/v1/erasures/receipt',
    'POST /api/v1/setup',
  ])
})
