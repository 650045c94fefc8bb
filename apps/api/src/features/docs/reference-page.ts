import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

export type StaticText = { body: Buffer; gzipped: Buffer; etag: string }
/** What a page is about: an OpenAPI document that is served beside it. */
export type ReferencePage = { title: string; documentPath: string }

export const SCRIPT_PATH = '/docs/scalar.js'

const PREFIX = '/reference'

/**
 * Scalar's reference page. Everything that would go to another host is turned off: fonts, telemetry, the request proxy, assistants; the page's content
 * security policy forbids it as well.
 */
export const renderReferencePage = (page: ReferencePage): Promise<string> =>
  fromScalar(page, async (get) => (await get('/')).toString())

/** The one script of all pages (4 MB). */
export const referenceScript = (): Promise<StaticText> =>
  fromScalar({ title: '', documentPath: '/' }, async (get) => {
    const body = await get('/js/scalar.js')
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    return { body, gzipped: await promisify(gzip)(body), etag }
  })

/** The plugin knows how to find its bundle; a server that never listens gets it out. */
const fromScalar = async <T>(
  { title: pageTitle, documentPath: url }: ReferencePage,
  work: (get: (path: string) => Promise<Buffer>) => Promise<T>,
): Promise<T> => {
  const [{ default: fastify }, { default: reference }] = await Promise.all([
    import('fastify'),
    import('@scalar/fastify-api-reference'),
  ])
  const app = fastify()
  await app.register(reference, {
    routePrefix: PREFIX,
    configuration: {
      url,
      cdn: SCRIPT_PATH,
      pageTitle,
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      agent: { disabled: true, hideAddApi: true },
      mcp: { disabled: true },
    },
  })
  try {
    return await work(async (path) => (await app.inject(`${PREFIX}${path}`)).rawPayload)
  } finally {
    await app.close()
  }
}
