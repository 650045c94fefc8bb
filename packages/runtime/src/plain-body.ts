import { HoldfastError } from '@packages/shared/holdfast-error'

type BodyHeaders = {
  'content-encoding'?: string | undefined
  'content-length'?: string | undefined
  'transfer-encoding'?: string | undefined
}

const PLAIN = /^[\s,]*(?:identity[\s,]*)*$/i

/**
 * No body is unpacked here: a few bytes of it could become any number, and what is stored is what was sent.
 * @throws HoldfastError `unsupported_media_type` for a body with a content coding (RFC 9110, 8.4), with what is taken instead (15.5.16)
 */
export const requirePlainBody = (headers: BodyHeaders): void => {
  if (PLAIN.test(headers['content-encoding'] ?? '')) return
  if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return
  throw new HoldfastError('unsupported_media_type', {
    detail: 'Send the body without a Content-Encoding.',
    headers: { 'Accept-Encoding': 'identity' },
  })
}
