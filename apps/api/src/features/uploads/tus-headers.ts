import type { IncomingHttpHeaders } from 'node:http'
import { HoldfastError } from '@packages/shared/holdfast-error'

/** The headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload); pure readers, each refuses what is not valid. */

export const TUS_VERSION = '1.0.0'
export const TUS_EXTENSIONS = [
  'creation',
  'creation-with-upload',
  'creation-defer-length',
  'checksum',
  'expiration',
  'termination',
  'concatenation',
] as const
export const OFFSET_TYPE = 'application/offset+octet-stream'
export const CHECKSUM_ALGORITHMS = ['sha1', 'sha256', 'md5'] as const

export type Checksum = { algorithm: (typeof CHECKSUM_ALGORITHMS)[number]; digest: Uint8Array }

export type Concat = { kind: 'whole' } | { kind: 'partial' } | { kind: 'final'; urls: string[] }

/** @throws HoldfastError `precondition_failed` for another version; a client that names none means this one */
export const checkTusVersion = (headers: IncomingHttpHeaders): void => {
  const version = headers['tus-resumable']
  if (version !== undefined && version !== TUS_VERSION)
    throw new HoldfastError('precondition_failed', {
      detail: `Tus-Resumable: this server speaks ${TUS_VERSION}.`,
      headers: { 'tus-version': TUS_VERSION },
    })
}

/** Upload-Offset. @throws HoldfastError `invalid_request` when it is missing or no number */
export const uploadOffsetOf = (headers: IncomingHttpHeaders): number => {
  const offset = wholeNumber(headers, 'upload-offset')
  if (offset === undefined) throw invalidHeader('Upload-Offset', 'is missing')
  return offset
}

/** Upload-Length; undefined when it is not told (yet). @throws HoldfastError `invalid_request` */
export const uploadLengthOf = (headers: IncomingHttpHeaders): number | undefined =>
  wholeNumber(headers, 'upload-length')

/** What a creation says about the length: a number, or null when it is deferred. @throws HoldfastError `invalid_request` */
export const declaredLengthOf = (headers: IncomingHttpHeaders): number | null => {
  const length = uploadLengthOf(headers)
  const deferred = headers['upload-defer-length']
  if (deferred !== undefined && deferred !== '1') throw invalidHeader('Upload-Defer-Length', 'must be 1')
  if (length !== undefined && deferred !== undefined)
    throw invalidHeader('Upload-Defer-Length', 'must not come with Upload-Length')
  if (length === undefined && deferred === undefined) throw invalidHeader('Upload-Length', 'is missing')
  return length ?? null
}

/** Upload-Checksum. @throws HoldfastError `invalid_request` for another algorithm or what is no digest */
export const checksumOf = (headers: IncomingHttpHeaders): Checksum | undefined => {
  const text = single(headers, 'upload-checksum')
  if (text === undefined) return undefined
  const [name, encoded = '', ...rest] = text.split(' ')
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name)
  if (algorithm === undefined)
    throw invalidHeader('Upload-Checksum', `must use one of ${CHECKSUM_ALGORITHMS.join(', ')}`)
  const digest = decodeBase64(encoded)
  if (digest?.length !== DIGEST_BYTES[algorithm] || rest.length > 0)
    throw invalidHeader('Upload-Checksum', `must hold a ${algorithm} digest in Base64`)
  return { algorithm, digest }
}

const DIGEST_BYTES = { sha1: 20, sha256: 32, md5: 16 } as const

/** Upload-Concat. @throws HoldfastError `invalid_request` */
export const concatOf = (headers: IncomingHttpHeaders): Concat => {
  const text = single(headers, 'upload-concat')
  if (text === undefined) return { kind: 'whole' }
  if (text === 'partial') return { kind: 'partial' }
  if (!text.startsWith('final;')) throw invalidHeader('Upload-Concat', 'must be "partial" or "final;" and addresses')
  const urls = text.slice('final;'.length).split(' ').filter(Boolean)
  if (urls.length === 0) throw invalidHeader('Upload-Concat', 'names no upload')
  return { kind: 'final', urls }
}

/** Undefined for what is not strict Base64 (RFC 4648, section 4); padding may be left out. */
export const decodeBase64 = (text: string): Buffer | undefined => {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64').replaceAll('=', '') === text.replaceAll('=', '') ? bytes : undefined
}

const single = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** What no number holds is the largest one that does: no limit and no offset is as large, and both have their own refusals. */
const wholeNumber = (headers: IncomingHttpHeaders, name: string): number | undefined => {
  const text = single(headers, name)
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text)) throw invalidHeader(name, 'must be a whole number of bytes')
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER)
}

export const invalidHeader = (name: string, problem: string): HoldfastError =>
  new HoldfastError('invalid_request', { detail: `${name} ${problem}.`, fields: [{ path: name, message: problem }] })
