import { STATUS_CODES } from 'node:http'
import type { ErrorCode } from '@packages/shared/error-catalogue'
import { z } from 'zod'
import { type Permission, PERMISSIONS } from '../authorization/permissions.ts'
import { accessOf } from '../plugins/authenticate/install-authentication.ts'
import type { DeclaredRoute } from './collect-routes.ts'
import type { JsonSchema, SchemaCollector } from './json-schema.ts'
import type { OperationDocs } from './operation-docs.ts'
import { problemResponses } from './problem-schema.ts'

type Parameter = { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: JsonSchema }

/** `/files/:hash` → `/files/{hash}` */
export const openApiPath = (url: string): string => url.replaceAll(/:(\w+)/g, '{$1}')

const takesKey = (route: DeclaredRoute, docs: OperationDocs): boolean =>
  route.method === 'POST' && docs.idempotent !== false

/** Every error that a caller of this route can meet. */
export const errorsOf = (route: DeclaredRoute, docs: OperationDocs): Set<ErrorCode> => {
  const codes = new Set<ErrorCode>([...(docs.errors ?? []), 'invalid_request', 'internal'])
  const add = (...more: ErrorCode[]): void => more.forEach((code) => codes.add(code))
  if (route.config?.rateClass !== 'none') add('rate_limited')
  const access = accessOf(route.url, route.config?.access)
  if (access !== 'public') add('invalid_token', 'cross_site_request', 'not_found')
  if (access === 'authenticated') add('unauthenticated')
  const permission = permissionOf(route)
  if (permission !== undefined && permission.roles !== 'anyone') add('forbidden')
  if (permission !== undefined && isScope(permission.scope)) add('insufficient_scope')
  if (permission?.scope === 'session') add('forbidden')
  if (permission !== undefined && permission.effect !== 'self' && permission.roles !== 'operator') {
    add('organization_suspended')
    if (permission.effect === 'write') add('organization_read_only')
  }
  if (route.schema?.body !== undefined)
    add('invalid_json', 'unknown_field', 'payload_too_large', 'unsupported_media_type', 'request_timeout')
  if (takesKey(route, docs)) add('invalid_idempotency_key', 'request_in_flight', 'idempotency_key_reuse')
  return codes
}

const fieldParameters = (
  schema: unknown,
  place: 'path' | 'query',
  collector: SchemaCollector,
): (Parameter & { description?: string })[] => {
  if (!(schema instanceof z.ZodType)) return []
  const { properties = {}, required = [] } = collector.convert(schema, 'input') as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(typeof description === 'string' ? { description } : {}),
    schema: property,
  }))
}

const pathParameters = (url: string, declared: Parameter[]): Parameter[] =>
  [...url.matchAll(/:(\w+)/g)]
    .map(([, name = '']) => name)
    .filter((name) => !declared.some((one) => one.name === name))
    .map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))

const sharedParameters = (route: DeclaredRoute, docs: OperationDocs): JsonSchema[] => [
  ...(accessOf(route.url, route.config?.access) === 'authenticated'
    ? [{ $ref: '#/components/parameters/HoldfastOrg' }]
    : []),
  ...(takesKey(route, docs) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
]

const requestBodyOf = (route: DeclaredRoute, docs: OperationDocs, collector: SchemaCollector): JsonSchema => {
  if (docs.requestBody !== undefined) return { requestBody: docs.requestBody }
  const body = route.schema?.body
  if (!(body instanceof z.ZodType)) return {}
  const example = docs.example === undefined ? {} : { example: docs.example }
  const content = { 'application/json': { schema: collector.convert(body, 'input'), ...example } }
  return { requestBody: { required: !body.safeParse(undefined).success, content } }
}

const successResponses = (
  route: DeclaredRoute,
  docs: OperationDocs,
  collector: SchemaCollector,
): Record<string, JsonSchema> => {
  const responses: Record<string, JsonSchema> = {}
  for (const [status, schema] of Object.entries((route.schema?.response ?? {}) as Record<string, unknown>)) {
    if (!(schema instanceof z.ZodType)) throw new Error(`${route.method} ${route.url}: ${status} has no zod schema`)
    const said = docs.responses?.[Number(status)]
    const description = said?.description ?? schema.description ?? STATUS_CODES[status] ?? 'Success'
    const example = said?.example === undefined ? {} : { example: said.example }
    responses[status] =
      schema instanceof z.ZodUndefined
        ? { description, ...(said?.content === undefined ? {} : { content: said.content }) }
        : {
            description,
            content: {
              'application/json': { schema: collector.convert(schema, 'output'), ...example },
              ...said?.content,
            },
          }
  }
  return responses
}

const permissionOf = (route: DeclaredRoute): Permission | undefined =>
  route.config?.action === undefined ? undefined : PERMISSIONS[route.config.action]

const isScope = (scope: Permission['scope']): boolean => scope !== 'any' && scope !== 'session'

/** Credentials that the route takes; a key with the scope it needs, or with none where sessions alone may. */
const credentialsOf = (route: DeclaredRoute): JsonSchema[] => {
  const sessions = [{ accessToken: [] }, { sessionCookie: [] }]
  const { scope = 'any' } = permissionOf(route) ?? {}
  return scope === 'session' ? sessions : [{ apiKey: isScope(scope) ? [scope] : [] }, ...sessions]
}

/** What the permission table says of the route, for people and for tests. */
const permissionNotes = (route: DeclaredRoute): JsonSchema => {
  const permission = permissionOf(route)
  if (permission === undefined) return {}
  return { 'x-action': route.config?.action, 'x-roles': permission.roles }
}

const securityOf = (route: DeclaredRoute): JsonSchema[] => {
  const access = accessOf(route.url, route.config?.access)
  if (access === 'authenticated') return credentialsOf(route)
  return access === 'optional' ? [{}, ...credentialsOf(route)] : []
}

/** OpenAPI's operation object of a route. */
export const describeOperation = (
  route: DeclaredRoute,
  docs: OperationDocs,
  collector: SchemaCollector,
): JsonSchema => {
  const declared = [
    ...fieldParameters(route.schema?.params, 'path', collector),
    ...fieldParameters(route.schema?.querystring, 'query', collector),
  ]
  const parameters = [...pathParameters(route.url, declared), ...declared, ...sharedParameters(route, docs)]
  return {
    operationId: docs.operationId,
    tags: [docs.tag],
    summary: docs.summary,
    ...(docs.description === undefined ? {} : { description: docs.description }),
    security: securityOf(route),
    ...permissionNotes(route),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBodyOf(route, docs, collector),
    responses: { ...successResponses(route, docs, collector), ...problemResponses(errorsOf(route, docs)) },
  }
}
