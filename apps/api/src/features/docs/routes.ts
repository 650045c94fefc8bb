import { stringify } from 'yaml'
import type { ApiInstance } from '../../api-instance.ts'
import { pinningServiceDocument } from './pinning-service-document.ts'
import {
  type ReferencePage,
  referenceScript,
  renderReferencePage,
  SCRIPT_PATH,
  type StaticText,
} from './reference-page.ts'

export type DocsDeps = {
  /** The OpenAPI document, as JSON. Called once, when it is first asked for. */
  openApiDocument: () => unknown
}

const DOCUMENT_PATH = '/openapi.json'
const PSA_PATH = '/docs/psa.json'
const PAGES: Record<string, ReferencePage> = {
  '/docs': { title: 'Holdfast API', documentPath: DOCUMENT_PATH },
  '/docs/psa': { title: 'IPFS Pinning Service API', documentPath: PSA_PATH },
}
const OPEN = { config: { access: 'public', rateClass: 'none' } } as const
/** Short: the document changes with the release that serves it. */
const CACHE = 'public, max-age=60'

/** `/docs` and `/docs/psa`: reference pages, which work without any other host; `/openapi.json`, `/openapi.yaml` and `/docs/psa.json`, which they show. */
export const registerDocsRoutes = (app: ApiInstance, deps: DocsDeps): void => {
  let texts: { json: string; yaml: string } | undefined
  let pinningService: Promise<unknown> | undefined
  let script: Promise<StaticText> | undefined
  const rendered = new Map<string, Promise<string>>()
  const documents = () => {
    const document = texts === undefined ? deps.openApiDocument() : undefined
    texts ??= { json: JSON.stringify(document), yaml: stringify(document, { aliasDuplicateObjects: false }) }
    return texts
  }

  app.get(DOCUMENT_PATH, OPEN, async (_request, reply) =>
    reply.header('cache-control', CACHE).type('application/json').send(documents().json),
  )

  app.get('/openapi.yaml', OPEN, async (_request, reply) =>
    reply.header('cache-control', CACHE).type('application/yaml').send(documents().yaml),
  )

  app.get(PSA_PATH, OPEN, async (_request, reply) =>
    reply
      .header('cache-control', CACHE)
      .type('application/json')
      .send(await (pinningService ??= pinningServiceDocument())),
  )

  for (const [path, page] of Object.entries(PAGES))
    for (const address of [path, `${path}/`])
      app.get(address, OPEN, async (_request, reply) => {
        const html = rendered.get(path) ?? renderReferencePage(page)
        rendered.set(path, html)
        return reply
          .header('cache-control', CACHE)
          .type('text/html; charset=utf-8')
          .send(await html)
      })

  app.get(SCRIPT_PATH, OPEN, async (request, reply) => {
    const { body, gzipped, etag } = await (script ??= referenceScript())
    reply.headers({ etag, 'cache-control': CACHE, vary: 'accept-encoding' })
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    reply.type('text/javascript; charset=utf-8')
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(body)
    return reply.header('content-encoding', 'gzip').send(gzipped)
  })
}
