import type { CID } from 'multiformats/cid'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { escapeHtml } from './escape-html.ts'
import { planOwnPage } from './plan-own-page.ts'
import { pageHead } from './page-style.ts'
import type { ResponsePlan } from './response-plan.ts'

/** Changes with the page, so that a cached one is not taken for the new one. */
const PAGE_VERSION = 2
const STYLE =
  'h1{font-size:1.1rem}pre{white-space:pre-wrap;background:var(--raised);border:1px solid var(--line);padding:1rem;border-radius:6px}'
const LINK = /(&#34;\/&#34;: &#34;)([A-Za-z0-9]+)(&#34;)/g

export type DocumentPage = {
  roots: readonly CID[]
  codec: 'dag-json' | 'dag-cbor'
  /** The document as DAG-JSON, for reading; nothing where it is too long for a page. */
  text: string | undefined
}

/** @param gateway where CIDs are found: `//host`, nothing on the gateway's own paths, and undefined on a domain of its own */
const withLinks = (text: string, gateway: string | undefined): string => {
  const escaped = text.split('\n').map(escapeHtml).join('\n')
  return gateway === undefined ? escaped : escaped.replace(LINK, `$1<a href="${gateway}/ipfs/$2">$2</a>$3`)
}

const gatewayOf = ({ shown }: GatewayRequest): string | undefined => {
  if (shown?.isolated !== true) return ''
  return shown.gateway === undefined ? undefined : `//${shown.gateway}`
}

const page = (
  cid: CID,
  { codec, text }: DocumentPage,
  gateway: string | undefined,
): string => `${pageHead(String(cid), STYLE)}
<main>
<h1>${cid}</h1>
<p>A block of ${codec}. <a href="?format=${codec}&amp;download=true">Download it</a></p>
${text === undefined ? '<p>It is too long to be shown here.</p>' : `<pre>${withLinks(text, gateway)}</pre>`}
</main>
</html>
`

/** A page about a block of DAG-JSON or DAG-CBOR for browsers (path gateway specification, "Response Payload"). */
export const planDocumentPage = (request: GatewayRequest, facts: DocumentPage): ResponsePlan => {
  const cid = facts.roots.at(-1) as CID
  const plan = planOwnPage(request, {
    roots: facts.roots,
    etag: `"DagIndex-${PAGE_VERSION}_CID-${cid}"`,
    headers: ['Vary', 'Accept'],
    html: () => page(cid, facts, gatewayOf(request)),
  })
  return { ...plan, about: { cids: facts.roots, isChosen: true } }
}
