import type { ByteRange } from './byte-range.ts'
import { HoldfastError } from '@packages/shared/holdfast-error'

/** `from` and `to` as IPIP-402 writes them: both inclusive, negative ones from the end, `to` undefined for `*`. */
export type EntityBytes = { from: number; to: number | undefined }

export type CarParameters = {
  scope: 'block' | 'entity' | 'all'
  bytes: EntityBytes | undefined
  /** `dups=y` (IPIP-412). */
  repeats: boolean
}

const ENTITY_BYTES = /^(-?\d{1,15}):(-?\d{1,15}|\*)$/
const SCOPES = new Set(['block', 'entity', 'all'])

const invalid = (detail: string): HoldfastError => new HoldfastError('invalid_request', { detail })

/** The parameters of the first CAR media type in an Accept header. */
const ofAccept = (accept: string | undefined): ReadonlyMap<string, string> => {
  const entry = accept?.split(',').find((one) => /^\s*application\/vnd\.ipld\.car\s*(?:;|$)/i.test(one))
  const pairs = (entry?.split(';') ?? []).slice(1).map((parameter) => {
    const [name = '', value = ''] = parameter.split('=')
    return [
      name.trim().toLowerCase(),
      value
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .toLowerCase(),
    ] as const
  })
  return new Map(pairs)
}

const readBytes = (text: string | undefined): EntityBytes | undefined => {
  if (text === undefined) return undefined
  const match = ENTITY_BYTES.exec(text)
  if (match === null) throw invalid('entity-bytes is FROM:TO, where TO may be *.')
  return { from: Number(match[1]), to: match[2] === '*' ? undefined : Number(match[2]) }
}

/**
 * What of a DAG a CAR is to hold, and how (IPIP-402, IPIP-412); a parameter of the address beats the same of Accept (IPIP-523).
 * An order that is not known is no reason to refuse: ours is depth first, and the response says so.
 * @throws HoldfastError `invalid_request`
 */
export const readCarParameters = (
  query: Readonly<Record<string, string>> = {},
  accept: string | undefined,
): CarParameters => {
  const media = ofAccept(accept)
  const version = query['car-version'] ?? media.get('version') ?? '1'
  if (version !== '1') throw invalid('CARs of version 1 are written here.')
  const dups = query['car-dups'] ?? media.get('dups') ?? 'n'
  if (dups !== 'y' && dups !== 'n') throw invalid('dups is y or n.')
  const bytes = readBytes(query['entity-bytes'])
  const scope = query['dag-scope'] ?? (bytes === undefined ? 'all' : 'entity')
  if (!SCOPES.has(scope)) throw invalid('dag-scope is block, entity or all.')
  const asked = scope as CarParameters['scope']
  return {
    scope: bytes !== undefined && asked === 'all' ? 'entity' : asked,
    bytes: asked === 'block' ? undefined : bytes,
    repeats: dups === 'y',
  }
}

/** The bytes of a file of `size` that are meant; empty when all of them lie outside of it. */
export const entityRange = ({ from, to }: EntityBytes, size: number): ByteRange => {
  const start = from < 0 ? Math.max(0, size + from) : from
  const last = to === undefined ? size - 1 : to < 0 ? size + to : to
  const end = Math.min(size, last + 1)
  return start < end ? { start, end } : { start: 0, end: 0 }
}
