import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

export type StaticText = { body: Buffer; gzipped: Buffer; etag: string }
export type ReferencePage = { html: string; script: StaticText }

export const SCRIPT_PATH = '/docs/scalar.js'

/**
 * Scalar's reference page and its one script (4 MB), made when somebody first asks for them. Everything that would go
 * to another host is turned off: fonts, telemetry, the request proxy, assistants; the page's content security policy
 * forbids it as well.
 */
export const renderReferencePage = async (documentPath: string): Promise<ReferencePage> => {
  const [{ default: fastify }, { default: reference }] = await Promise.all([
    import('fastify'),
    import('@scalar/fastify-api-reference'),
  ])
  // The plugin knows how to find its bundle; a server that never listens gets it out.
  const app = fastify()
  await app.register(reference, {
    routePrefix: '/reference',
    configuration: {
      url: documentPath,
      cdn: SCRIPT_PATH,
      pageTitle: 'Holdfast API',
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      agent: { disabled: true, hideAddApi: true },
      mcp: { disabled: true },
    },
  })
  const [page, script] = await Promise.all([app.inject('/reference/'), app.inject('/reference/js/scalar.js')])
  await app.close()
  const body = script.rawPayload
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  return { html: page.body, script: { body, gzipped: await promisify(gzip)(body), etag } }
}
