import { ERROR_CATALOGUE, type ErrorCode } from '@packages/shared/error-catalogue'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { PROBLEM_TYPE, problemOf } from '../plugins/problem.ts'
import type { JsonSchema } from './json-schema.ts'

const EXAMPLE_REQUEST_ID = '0199c2f0-6d1e-7c54-b9a1-2f0d8a3e4b5c'

/** RFC 9457, with our members. */
export const problemSchema: JsonSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status', 'code', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'A URN that names the kind of problem.' },
    title: { type: 'string', description: 'What went wrong, for people; the same for each code.' },
    status: { type: 'integer', description: 'The HTTP status.' },
    code: { type: 'string', enum: Object.keys(ERROR_CATALOGUE), description: 'Stable; what programs look at.' },
    requestId: { type: 'string', description: 'Names this request in the logs.' },
    detail: { type: 'string', description: 'What is special about this case.' },
    errors: {
      type: 'array',
      description: 'The fields that are wrong.',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: {
          path: { type: 'string', description: 'Dotted: `scopes.0`; empty for the body itself.' },
          message: { type: 'string' },
        },
      },
    },
    subject: { type: 'string', description: 'Id of the row that the problem is about (`already_completed`).' },
    missing: {
      type: 'object',
      description: 'Blocks that the DAG lacks (`incomplete_dag`).',
      required: ['count', 'cids'],
      properties: {
        count: { type: 'integer', description: 'How many are missing.' },
        cids: { type: 'array', items: { type: 'string' }, description: 'The first 1,000 of them.' },
      },
    },
  },
}

/** OpenAPI responses for these errors: one for each status, with an example for each code. */
export const problemResponses = (codes: ReadonlySet<ErrorCode>): Record<string, JsonSchema> => {
  const responses: Record<string, JsonSchema> = {}
  const byStatus = Map.groupBy(codes, (code) => ERROR_CATALOGUE[code].status)
  for (const [status, group] of [...byStatus].toSorted(([a], [b]) => a - b)) {
    const sorted = group.toSorted()
    responses[String(status)] = {
      description: sorted.map((code) => `\`${code}\`: ${ERROR_CATALOGUE[code].title}.`).join(' '),
      content: {
        [PROBLEM_TYPE]: {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(sorted.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
        },
      },
    }
  }
  return responses
}

/** `components.examples`: what each code looks like. */
export const problemExamples = (): Record<string, JsonSchema> =>
  Object.fromEntries(
    Object.keys(ERROR_CATALOGUE).map((code) => [
      code,
      { value: problemOf(new HoldfastError(code as ErrorCode), EXAMPLE_REQUEST_ID) },
    ]),
  )
