import type { ErrorCode } from '@packages/shared/error-catalogue'

/** What the OpenAPI document says about a route beyond its zod schemas. */
export type OperationDocs = {
  /** camelCase, unique: the generated client's users see it. */
  operationId: string
  tag:
    | 'Setup'
    | 'Sign-in'
    | 'Users'
    | 'Organizations'
    | 'API keys'
    | 'Invitations'
    | 'Files'
    | 'Uploads'
    | 'CIDs'
    | 'Pins'
    | 'Groups'
    | 'Events'
    | 'Plans'
    | 'Takedowns'
    | 'Gateways'
    | 'IPNS'
    | 'Nodes'
    | 'Data protection'
    | 'Audit log'
    | 'Health'
  summary: string
  description?: string
  /** Errors of this route; those that every route can have (401, 429, 500, …) are added. */
  errors?: readonly ErrorCode[]
  /** Whether the route takes `Idempotency-Key`; every POST does unless it says false. */
  idempotent?: boolean
  /** For bodies that no zod schema describes (multipart): OpenAPI's request body object. */
  requestBody?: Record<string, unknown>
  /** Example of the JSON body. */
  example?: unknown
  /** Says what a status means (a plain sentence is made up otherwise), and what its body is where no zod schema does. */
  responses?: Record<number, { description: string; example?: unknown; content?: Record<string, unknown> }>
}

declare module 'fastify' {
  interface FastifySchema {
    /** Routes without it are not in the OpenAPI document. */
    docs?: OperationDocs
  }
}
