import type { RawRequest } from '../raw-request.ts'
import type { BadInputContext, BadInputRow } from './row.ts'

const ABSENT = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
const JSON_ERRORS = ['Accept', 'application/problem+json'] as const

const row = (
  name: string,
  status: number,
  code: string,
  request: RawRequest | ((context: BadInputContext) => RawRequest),
): BadInputRow => ({
  name: `gateway: ${name}`,
  to: 'gateway',
  request: (context) => {
    const given = typeof request === 'function' ? request(context) : request
    return { ...given, headers: [JSON_ERRORS, ...(given.headers ?? [])] }
  },
  status,
  code,
})

const get = (name: string, status: number, code: string, target: string | ((context: BadInputContext) => string)) =>
  row(name, status, code, (context) => ({ target: typeof target === 'string' ? target : target(context) }))

export const gatewayRequests: readonly BadInputRow[] = [
  get('no CID', 400, 'invalid_path', '/ipfs/'),
  get('words', 400, 'invalid_cid', '/ipfs/not-a-cid'),
  get(
    'a v0 CID behind a multibase prefix',
    400,
    'invalid_cid',
    '/ipfs/zQmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG',
  ),
  get('a CID in the wrong case', 400, 'invalid_cid', ({ cid }) => `/ipfs/${cid.toUpperCase()}`),
  get('a CID with a NUL', 400, 'invalid_path', ({ cid }) => `/ipfs/${cid}%00`),
  get('an identity CID that holds 129 bytes', 400, 'unsupported_cid', `/ipfs/f0155008101${'00'.repeat(129)}`),
  get('a CID that is not held', 404, 'not_found', `/ipfs/${ABSENT}`),
  get('a name that the file does not have', 404, 'not_found', ({ cid }) => `/ipfs/${cid}/other-name`),
  get('a path below a file', 404, 'not_found', ({ cid, name }) => `/ipfs/${cid}/${name}/below`),
  get('out of the CID', 400, 'invalid_path', ({ cid }) => `/ipfs/${cid}/../../etc/passwd`),
  get('out of it, percent-encoded', 400, 'invalid_path', ({ cid }) => `/ipfs/${cid}/%2e%2e/%2e%2e/etc/passwd`),
  get('out of it, with an encoded slash', 400, 'invalid_path', ({ cid }) => `/ipfs/${cid}/..%2f..%2fetc%2fpasswd`),
  get('a name with a NUL', 400, 'invalid_path', ({ cid }) => `/ipfs/${cid}/a%00b`),
  get('percent-encoding that is none', 400, 'invalid_path', ({ cid }) => `/ipfs/${cid}/%zz`),
  get('bytes that are no UTF-8', 400, 'invalid_path', ({ cid }) => `/ipfs/${cid}/%ff%fe`),
  get('9,000 characters', 414, 'uri_too_long', ({ cid }) => `/ipfs/${cid}?x=${'a'.repeat(9_000)}`),
  get('a format that nobody knows', 400, 'invalid_request', ({ cid }) => `/ipfs/${cid}?format=zip`),
  get('a codec that it is not in', 406, 'not_acceptable', ({ cid }) => `/ipfs/${cid}?format=dag-cbor`),
  get(
    'a name without a record',
    502,
    'name_not_resolved',
    '/ipns/k51qzi5uqu5dit2ku9mutlfgwyz8u730on38kd10m97m36bjt66my99hb6103f',
  ),
  get('an address that is none', 404, 'not_found', '/nothing'),
  row('a range past the end', 416, 'range_not_satisfiable', ({ cid }) => ({
    target: `/ipfs/${cid}`,
    headers: [['Range', 'bytes=1000000-']],
  })),
  row('the last zero bytes', 416, 'range_not_satisfiable', ({ cid }) => ({
    target: `/ipfs/${cid}`,
    headers: [['Range', 'bytes=-0']],
  })),
  row('an upload', 405, 'method_not_allowed', ({ cid }) => ({ method: 'POST', target: `/ipfs/${cid}`, body: 'x' })),
  row('a deletion', 405, 'method_not_allowed', ({ cid }) => ({ method: 'DELETE', target: `/ipfs/${cid}` })),
]
