import { HoldfastError } from '@packages/shared/holdfast-error'
import { asAddressBytes } from '../request/raw-rest.ts'
import { planMove } from './plan-move.ts'
import type { ResponsePlan } from './response-plan.ts'

const NATIVE = /^(ipfs|ipns):\/\/([^/?#]+)([^?#]*)(\?[^#]*)?/i

/**
 * `/ipfs/?uri=ipfs://…` and `/ipns/?uri=ipns://…`, to which browsers send native addresses (subdomain gateway specification, "URI
 * router"). The answer stays on this host.
 * @throws HoldfastError `invalid_request`
 */
export const planUri = (uri: string): ResponsePlan => {
  const [, scheme, root, path = '', query = ''] = NATIVE.exec(uri) ?? []
  if (scheme === undefined || root === undefined)
    throw new HoldfastError('invalid_request', { detail: 'The parameter uri is no address of ipfs:// or ipns://.' })
  const bytes = Buffer.from(`${root}${path}${query}`).toString('latin1')
  return planMove(301, `/${scheme.toLowerCase()}/${asAddressBytes(bytes)}`)
}
