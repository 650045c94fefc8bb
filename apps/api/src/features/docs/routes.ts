import { stringify } from 'yaml'
import type { ApiInstance } from '../../api-instance.ts'
import { type ReferencePage, renderReferencePage, SCRIPT_PATH } from './reference-page.ts'

export type DocsDeps = {
  /** The OpenAPI document, as JSON. Called once, when it is first asked for. */
  openApiDocument: () => unknown
}

const DOCUMENT_PATH = '/openapi.json'
const OPEN = { config: { access: 'public', rateClass: 'none' } } as const
/** Short: the document changes with the release that serves it. */
const CACHE = 'public, max-age=60'

/** `/docs`: the reference page, which works without any other host; `/openapi.json` and `/openapi.yaml`. */
export const registerDocsRoutes = (app: ApiInstance, deps: DocsDeps): void => {
  let texts: { json: string; yaml: string } | undefined
  let page: Promise<ReferencePage> | undefined
  const documents = () => {
    const document = texts === undefined ? deps.openApiDocument() : undefined
    texts ??= { json: JSON.stringify(document), yaml: stringify(document, { aliasDuplicateObjects: false }) }
    return texts
  }
  const referencePage = () => (page ??= renderReferencePage(DOCUMENT_PATH))

  app.get(DOCUMENT_PATH, OPEN, async (_request, reply) =>
    reply.header('cache-control', CACHE).type('application/json').send(documents().json),
  )

  app.get('/openapi.yaml', OPEN, async (_request, reply) =>
    reply.header('cache-control', CACHE).type('application/yaml').send(documents().yaml),
  )

  for (const path of ['/docs', '/docs/'])
    app.get(path, OPEN, async (_request, reply) =>
      reply
        .header('cache-control', CACHE)
        .type('text/html; charset=utf-8')
        .send((await referencePage()).html),
    )

  app.get(SCRIPT_PATH, OPEN, async (request, reply) => {
    const { body, gzipped, etag } = (await referencePage()).script
    reply.headers({ etag, 'cache-control': CACHE, vary: 'accept-encoding' })
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    reply.type('text/javascript; charset=utf-8')
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(body)
    return reply.header('content-encoding', 'gzip').send(gzipped)
  })
}
