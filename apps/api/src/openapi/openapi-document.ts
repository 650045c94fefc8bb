import type { DeclaredRoute } from './collect-routes.ts'
import { describeOperation, openApiPath } from './describe-operation.ts'
import { type JsonSchema, SchemaCollector } from './json-schema.ts'
import { problemExamples, problemSchema } from './problem-schema.ts'

const DESCRIPTION = `Upload, pin and read content-addressed files.

Errors are problem details (RFC 9457) with a stable \`code\`. Bodies are strict: a field that is not known is refused.
Every POST takes an \`Idempotency-Key\`; a repeat within 24 hours gets the first answer again. Requests are limited per
credential and address; answers carry \`RateLimit\`, and \`Retry-After\` when a limit is reached. There are no CORS headers:
browsers use the API from the dashboard's own origin.`

const TAGS = [
  { name: 'Setup', description: 'The first administrator.' },
  { name: 'Sign-in', description: 'Sessions of people, as tokens.' },
  { name: 'Users', description: 'Accounts and their organizations.' },
  { name: 'Organizations', description: 'Who belongs together, and who may do what.' },
  { name: 'API keys', description: 'Credentials of programs.' },
  { name: 'Invitations', description: 'Who is asked into an organization.' },
  { name: 'Files', description: 'Upload, list, delete.' },
  { name: 'Uploads', description: 'Resumable uploads (tus 1.0) of files and folders.' },
  { name: 'CIDs', description: 'What content is called, and how it was made.' },
  { name: 'Pins', description: 'What is kept, and in which state.' },
  { name: 'Data protection', description: 'Erasure of accounts and organizations, and what is left of them.' },
  { name: 'Audit log', description: 'Who did what, when and from where.' },
  { name: 'Health', description: 'Probes.' },
]

const SECURITY_SCHEMES = {
  apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'hfast_…', description: 'An API key.' },
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'From `POST /auth/login`, 15 minutes.',
  },
  sessionCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'holdfast.session_token',
    description:
      "The dashboard's session. Changes need a same-origin request. Under HTTPS the name starts with `__Host-`.",
  },
}

const PARAMETERS = {
  HoldfastOrg: {
    name: 'Holdfast-Org',
    in: 'header',
    required: false,
    description: "Id of the organization to act in; by default the API key's, or the user's first.",
    schema: { type: 'string', format: 'uuid' },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'Names this request: sent again within 24 hours it is not run again. 1 to 255 visible ASCII characters.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  },
}

/** The OpenAPI 3.1 document of all routes that have `docs`. @throws Error for an operationId that is used twice */
export const openApiDocument = (routes: readonly DeclaredRoute[]): JsonSchema => {
  const collector = new SchemaCollector()
  const paths: Record<string, Record<string, JsonSchema>> = {}
  const operationIds = new Set<string>()
  for (const route of routes) {
    const docs = route.schema?.docs
    if (docs === undefined || route.method === 'HEAD') continue
    if (operationIds.has(docs.operationId)) throw new Error(`two operations are called ${docs.operationId}`)
    operationIds.add(docs.operationId)
    const path = openApiPath(route.url)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeOperation(route, docs, collector) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Holdfast API',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0 OR MIT', identifier: 'Apache-2.0 OR MIT' },
    },
    servers: [{ url: '/', description: 'The platform that serves this document.' }],
    tags: TAGS,
    paths,
    components: {
      schemas: { ...collector.schemas, Problem: problemSchema },
      examples: problemExamples(),
      parameters: PARAMETERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}
