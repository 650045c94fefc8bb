import { createHash } from 'node:crypto'
import type { CID } from 'multiformats/cid'
import type { GatewayRequest } from '../request/gateway-request.ts'
import type { CarParameters } from '../request/car-parameters.ts'
import { aboutPath } from './about-path.ts'
import { isNotModified } from './conditional.ts'
import { contentLocation } from './content-location.ts'
import { contentDisposition } from './content-disposition.ts'
import { percentEncode } from './percent-encode.ts'
import type { ResponsePlan, StreamedBody } from './response-plan.ts'
import { IMMUTABLE } from './shared-headers.ts'

export type CarFacts = {
  /** The CIDs on the way of the path, its end last. */
  roots: readonly CID[]
  parameters: CarParameters
  stream: StreamedBody['stream']
}

/** Names all that the bytes depend on; its beginning tells the scope apart (IPIP-402). */
const etagOf = ({ roots, parameters: { scope, bytes, repeats } }: CarFacts): string => {
  const range = bytes === undefined ? '' : `${bytes.from}:${bytes.to ?? '*'}`
  const hash = createHash('sha256').update([...roots.map(String), range, String(repeats)].join('\n'))
  return `"${scope}.${roots.at(-1)}.car.${hash.digest('hex').slice(0, 16)}"`
}

/** The address that gives the same without an Accept header. */
const location = (request: GatewayRequest, { repeats }: CarParameters): string => {
  const { 'car-dups': _dups, 'car-order': _order, 'car-version': _version, ...car } = request.query.car ?? {}
  const pairs = Object.entries({ ...car, 'car-dups': repeats ? 'y' : 'n' })
  return [contentLocation(request, 'car'), ...pairs.map(([name, value]) => `${name}=${percentEncode(value)}`)].join('&')
}

/**
 * A CAR (trustless gateway specification, "CAR Responses"). It is made as it is sent: it has no length and no ranges.
 * @param varies an Accept header chose it or its parameters
 */
export const planCar = (request: GatewayRequest, car: CarFacts, varies: boolean): ResponsePlan => {
  const { roots, parameters } = car
  const etag = etagOf(car)
  const shared = ['ETag', etag, 'Cache-Control', IMMUTABLE, ...aboutPath(request, roots)]
  // Also where the address names the format: Accept may have parameters of it.
  shared.push('Vary', 'Accept')
  if (varies) shared.push('Content-Location', location(request, parameters))
  const about = { cids: roots, isDeep: true }
  if (isNotModified(request.headers, etag)) return { status: 304, headers: shared, body: null, about }
  const headers = [
    'Content-Type',
    `application/vnd.ipld.car; version=1; order=dfs; dups=${parameters.repeats ? 'y' : 'n'}`,
    'Content-Disposition',
    contentDisposition('attachment', request.query.filename ?? `${roots.at(-1)}.car`),
    'Accept-Ranges',
    'none',
    ...shared,
  ]
  return { status: 200, headers, body: request.method === 'HEAD' ? null : { stream: car.stream }, about }
}
