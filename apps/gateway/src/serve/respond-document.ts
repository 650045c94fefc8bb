import { documentText } from '@packages/content/dag/document-text'
import { CODEC_DAG_CBOR } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import type { Content } from '../content/content.ts'
import { planDocument } from '../plan/plan-document.ts'
import { planDocumentPage } from '../plan/plan-document-page.ts'
import type { ResponsePlan } from '../plan/response-plan.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { negotiateDocument } from '../request/negotiate-document.ts'
import type { Format } from '../request/negotiate-format.ts'

/** Longer ones are for programs. */
const MAX_PAGE_BYTES = 128 * 1024

/** Answers a path that ends in a block of DAG-JSON, DAG-CBOR, JSON or CBOR. @param asked the format by the parameter */
export const respondDocument = async (
  request: GatewayRequest,
  { roots, content }: { roots: readonly CID[]; content: Content },
  asked: Format | undefined,
): Promise<ResponsePlan> => {
  const cid = roots.at(-1) as CID
  const { format, byAccept } = negotiateDocument(cid.code, asked, request.headers.accept)
  if (format !== 'html') return planDocument(request, { roots, content, format }, byAccept)
  const codec = cid.code === CODEC_DAG_CBOR ? 'dag-cbor' : 'dag-json'
  return planDocumentPage(request, { roots, codec, text: await textOf(cid, content) })
}

const textOf = async (cid: CID, content: Content): Promise<string | undefined> => {
  if (content.size > MAX_PAGE_BYTES) return undefined
  const block = Buffer.allocUnsafeSlow(content.size)
  await content.read(0, block)
  return documentText(cid, block)
}
