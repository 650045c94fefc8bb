import { CODEC_CBOR, CODEC_DAG_CBOR, CODEC_DAG_JSON, CODEC_JSON } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { acceptedTypes, type Format } from './negotiate-format.ts'

/** What a block of DAG-JSON, DAG-CBOR, JSON or CBOR may be sent as: the same bytes under its own or its plain type, or a page about them. */
export type DocumentFormat = 'dag-json' | 'dag-cbor' | 'json' | 'cbor' | 'html'

/** By codec: its own format first. Nothing is converted (IPIP-524). */
const OFFERED = new Map<number, readonly DocumentFormat[]>([
  [CODEC_DAG_JSON, ['dag-json', 'json', 'html']],
  [CODEC_DAG_CBOR, ['dag-cbor', 'cbor', 'html']],
  [CODEC_JSON, ['json']],
  [CODEC_CBOR, ['cbor']],
])

export const DOCUMENT_TYPES: Readonly<Record<DocumentFormat, string>> = {
  'dag-json': 'application/vnd.ipld.dag-json',
  'dag-cbor': 'application/vnd.ipld.dag-cbor',
  json: 'application/json',
  cbor: 'application/cbor',
  html: 'text/html',
}

export const isDocumentCodec = (codec: number): boolean => OFFERED.has(codec)

export type NegotiatedDocument = {
  format: DocumentFormat
  /** Without Accept the address would give something else, or might. */
  byAccept: boolean
}

const notAcceptable = (): HoldfastError =>
  new HoldfastError('not_acceptable', { detail: 'The block has another codec, and codecs are not converted.' })

/**
 * What a document is sent as. Of what a client accepts the first that is offered; `format` beats it (IPIP-523).
 * @param asked the format by the parameter, if there is one
 * @throws HoldfastError `not_acceptable`
 */
export const negotiateDocument = (
  codec: number,
  asked: Format | undefined,
  accept: string | undefined,
): NegotiatedDocument => {
  const offered = OFFERED.get(codec) ?? []
  if (asked !== undefined) {
    const format = offered.find((one) => one === asked)
    if (format === undefined) throw notAcceptable()
    return { format, byAccept: false }
  }
  const [native] = offered
  if (native === undefined) throw notAcceptable()
  if (accept === undefined || accept.trim() === '') return { format: native, byAccept: true }
  for (const type of acceptedTypes(accept)) {
    if (type === '*/*' || type === 'application/*') return { format: native, byAccept: true }
    const format = offered.find((one) => DOCUMENT_TYPES[one] === type)
    if (format !== undefined) return { format, byAccept: true }
  }
  throw notAcceptable()
}
