import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import { parse } from 'yaml'

const SPECIFICATION = new URL('../../../../docs/api/ipfs-pinning-service.yaml', import.meta.url)

type Operation = {
  responses: Record<string, { content?: { 'application/json': { schema: object } } } | { $ref: string }>
}
type Specification = {
  paths: Record<string, Record<string, Operation>>
  components: { responses: Record<string, object> }
}

/**
 * Checks answers against the specification's own schemas: what the operation says of this status, or of `4XX` and `5XX`.
 * @returns a function that throws with ajv's words; a status that the specification does not know is an error too
 */
export const pinningServiceSchemas = () => {
  const specification = parse(schemasOf(readFileSync(SPECIFICATION, 'utf8'))) as Specification
  const ajv = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': isDateTime, int32: true } })
  ajv.addSchema(specification, 'psa')
  const validators = new Map<string, ValidateFunction>()
  return (method: string, path: string, status: number, contentType: unknown, body: string): void => {
    const pattern =
      path
        .split('?', 1)[0]
        ?.replace(/^\/psa/, '')
        .replace(/^\/pins\/[^/]+$/, '/pins/{requestid}') ?? ''
    const known = specification.paths[pattern]?.[method.toLowerCase()]?.responses
    // What no operation describes is a failure all the same.
    const key =
      known === undefined ? undefined : [String(status), `${Math.floor(status / 100)}XX`].find((one) => one in known)
    const said = key === undefined ? undefined : known?.[key]
    const response = said !== undefined && '$ref' in said ? resolve(specification, said.$ref) : said
    const name =
      response?.content?.['application/json'].schema ??
      (status >= 400 ? { $ref: '#/components/schemas/Failure' } : undefined)
    if (name === undefined) {
      if (status !== 202 || body !== '') throw new Error(`${method} ${path} answered ${status} with ${body}`)
      return
    }
    if (contentType !== 'application/json' && contentType !== 'application/json; charset=utf-8')
      throw new Error(`${method} ${path} answered ${String(contentType)}`)
    const { $ref } = name as { $ref: string }
    const validate = validators.get($ref) ?? ajv.compile({ $ref: `psa${$ref}` })
    validators.set($ref, validate)
    if (!validate(JSON.parse(body)))
      throw new Error(`${method} ${path} ${status}: ${ajv.errorsText(validate.errors)} in ${body}`)
  }
}

/** Its texts are written in a way that no strict reader of YAML takes. */
const schemasOf = (text: string): string => text.slice(text.indexOf('\npaths:'), text.indexOf('\n  securitySchemes:'))

const resolve = ({ components }: Specification, ref: string) =>
  components.responses[ref.split('/').at(-1) ?? ''] as { content?: { 'application/json': { schema: object } } }

const isDateTime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && Number.isFinite(Date.parse(text))
