import { HoldfastError } from '@packages/shared/holdfast-error'

/** What a response may be; `file` is the deserialized default. */
export type Format = 'file' | 'raw' | 'car' | 'tar' | 'dag-json' | 'dag-cbor' | 'json' | 'cbor' | 'ipns-record'

/** `byAccept`: the URL alone would give something else, which shared caches must learn. */
export type Negotiated = { format: Format; byAccept: boolean }

const NAMED = new Set<string>(['raw', 'car', 'tar', 'dag-json', 'dag-cbor', 'json', 'cbor', 'ipns-record'])

/**
 * `application/json` and `application/cbor` are left out: programs send them with every request, and a file is
 * what they want then.
 */
const BY_MEDIA_TYPE: Record<string, Format | undefined> = {
  'application/vnd.ipld.raw': 'raw',
  'application/vnd.ipld.car': 'car',
  'application/x-tar': 'tar',
  'application/vnd.ipld.dag-json': 'dag-json',
  'application/vnd.ipld.dag-cbor': 'dag-cbor',
  'application/vnd.ipfs.ipns-record': 'ipns-record',
}

/** Whether an Accept header can ask for anything but the default at all. */
export const EXPLICIT = /application\/(?:vnd\.ip|x-tar)/i

const quality = (parameters: string[]): number => {
  for (const parameter of parameters) {
    const [name, value] = parameter.split('=')
    if (name?.trim().toLowerCase() === 'q') return Number(value?.trim()) || 0
  }
  return 1
}

const fromAccept = (accept: string): Format => {
  let best: { format: Format; quality: number } = { format: 'file', quality: 0 }
  for (const entry of accept.split(',')) {
    const [type = '', ...parameters] = entry.split(';')
    const q = quality(parameters)
    // In order of the header, so that the first of equals wins.
    if (q > best.quality) best = { format: BY_MEDIA_TYPE[type.trim().toLowerCase()] ?? 'file', quality: q }
  }
  return best.format
}

/** The media types that are accepted, the most wanted first. */
export const acceptedTypes = (accept: string): string[] =>
  accept
    .split(',')
    .map((entry) => {
      const [type = '', ...parameters] = entry.split(';')
      return { type: type.trim().toLowerCase(), q: quality(parameters) }
    })
    .filter(({ q }) => q > 0)
    .toSorted((a, b) => b.q - a.q)
    .map(({ type }) => type)

/**
 * The parameter `format` beats Accept (IPIP-523).
 * @throws HoldfastError `invalid_request` for a format that no specification knows
 */
export const negotiateFormat = (format: string | undefined, accept: string | undefined): Negotiated => {
  if (format !== undefined && format !== '') {
    if (!NAMED.has(format)) throw new HoldfastError('invalid_request', { detail: 'The format is not known.' })
    return { format: format as Format, byAccept: false }
  }
  if (accept === undefined || !EXPLICIT.test(accept)) return { format: 'file', byAccept: false }
  const negotiated = fromAccept(accept)
  return { format: negotiated, byAccept: negotiated !== 'file' }
}
