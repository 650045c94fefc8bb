import { accessOf } from '../plugins/authenticate/install-authentication.ts'
import type { RouteAccess } from '../api-instance.ts'
import { declaredRoutes } from '../openapi/declared-routes.ts'
import { openApiPath } from '../openapi/describe-operation.ts'
import { openApiDocument } from '../openapi/openapi-document.ts'

type Json = Record<string, unknown>

/** A JSON Schema, as far as the routes' schemas use it. */
export type Schema = {
  type?: string
  format?: string
  const?: unknown
  default?: unknown
  example?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: unknown
  minLength?: number
  minimum?: number
}

export type Operation = {
  name: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  access: RouteAccess
  /** Of a JSON body; undefined when it takes none. */
  body: Schema | undefined
  /** A body that the schema allows. */
  sample: unknown
  /** Names of the query's parameters. */
  query: string[]
}

const resolver = (document: Json) => {
  const resolve = (value: unknown, depth = 0): unknown => {
    if (typeof value !== 'object' || value === null || depth > 20) return value
    if (Array.isArray(value)) return value.map((one) => resolve(one, depth + 1))
    if ('$ref' in value && typeof value.$ref === 'string') {
      const target = value.$ref
        .split('/')
        .slice(1)
        .reduce<unknown>((at, key) => (at as Json)[key], document)
      return resolve(target, depth + 1)
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one, depth + 1)]))
  }
  return resolve
}

const FORMATS: Record<string, string> = {
  email: 'somebody@example.org',
  uuid: '0190d0c0-0000-7000-8000-000000000001',
  'date-time': '2026-01-01T00:00:00.000Z',
}

/** A value that a schema allows, as far as types, formats and examples tell. */
export const sampleOf = (schema: Schema): unknown => {
  for (const given of [schema.example, schema.const, schema.default, schema.enum?.[0]])
    if (given !== undefined && given !== null) return given
  const branch = schema.anyOf?.[0] ?? schema.oneOf?.[0] ?? schema.allOf?.[0]
  if (branch !== undefined) return sampleOf(branch)
  if (schema.type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {})
        .filter(([name]) => schema.required?.includes(name) === true)
        .map(([name, one]) => [name, sampleOf(one)]),
    )
  if (schema.type === 'array') return schema.items === undefined ? [] : [sampleOf(schema.items)]
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  if (schema.type === 'boolean') return true
  if (schema.type === 'null') return null
  return FORMATS[schema.format ?? ''] ?? 'x'.repeat(Math.max(schema.minLength ?? 1, 1))
}

type Described = {
  requestBody?: { content?: Record<string, { schema?: Schema; example?: unknown }> }
  parameters?: { name: string; in: string }[]
}

/** Every operation of the OpenAPI document, with what its JSON body may be. */
export const allOperations = async (): Promise<Operation[]> => {
  const routes = await declaredRoutes()
  const document = openApiDocument(routes) as Json & { paths: Record<string, Record<string, unknown>> }
  const resolve = resolver(document)
  return routes
    .filter(({ method, schema }) => schema?.docs !== undefined && method !== 'HEAD' && method !== 'OPTIONS')
    .map(({ method, url, config, schema }) => {
      const described = resolve(document.paths[openApiPath(url)]?.[method.toLowerCase()]) as Described
      const json = described.requestBody?.content?.['application/json']
      return {
        name: `${method} ${url}`,
        method: method as Operation['method'],
        url,
        access: accessOf(url, config?.access),
        body: json?.schema,
        sample: schema?.docs?.example ?? (json?.schema === undefined ? undefined : sampleOf(json.schema)),
        query: (described.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name),
      }
    })
}

/** Objects inside of a body whose schema names all their fields, as paths to them; `[]` is the body itself. */
export const closedObjects = (schema: Schema | undefined, value: unknown, path: string[] = []): string[][] => {
  if (schema === undefined || typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((one) => closedObjects(schema.items, one, [...path, '0']))
  const branches = schema.anyOf ?? schema.oneOf
  if (branches !== undefined)
    return closedObjects(
      branches.find(({ type }) => type === 'object'),
      value,
      path,
    )
  const own = schema.additionalProperties === false ? [path] : []
  const inner = Object.entries(value).flatMap(([key, one]) =>
    closedObjects(schema.properties?.[key], one, [...path, key]),
  )
  return [...own, ...inner]
}

/** The schema of what stands at a path of `closedObjects`. */
export const schemaAt = (schema: Schema | undefined, path: readonly string[]): Schema | undefined => {
  const [head, ...rest] = path
  const branch = (schema?.anyOf ?? schema?.oneOf)?.find(({ type }) => type === 'object' || type === 'array') ?? schema
  if (head === undefined) return branch
  return schemaAt(branch?.type === 'array' ? branch.items : branch?.properties?.[head], rest)
}

/** A copy with another field at a path. */
export const withField = (value: unknown, path: readonly string[], name: string, field: unknown): unknown => {
  const [head, ...rest] = path
  if (head === undefined) return { ...(value as Json), [name]: field }
  if (Array.isArray(value)) return value.map((one, n) => (String(n) === head ? withField(one, rest, name, field) : one))
  return { ...(value as Json), [head]: withField((value as Json)[head], rest, name, field) }
}
