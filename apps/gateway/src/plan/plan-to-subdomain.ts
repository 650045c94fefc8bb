import { rawRest } from '../request/raw-rest.ts'
import { labelOfRoot } from '../request/root-label.ts'
import { planMove } from './plan-move.ts'
import type { ResponsePlan } from './response-plan.ts'

/** The request target as it came, and the gateway's own host. */
export type ToSubdomain = { url: string; gateway: string; secure: boolean }

/** Of a trusted proxy both have a say in the answer. */
const VARY = 'X-Forwarded-Host, X-Forwarded-Proto'

const move = (
  { url, gateway, secure }: ToSubdomain,
  [namespace, label]: readonly [string, string],
  taken: number,
): ResponsePlan => {
  const { path, query } = rawRest(url, taken)
  return planMove(301, `${secure ? 'https' : 'http'}://${label}.${namespace}.${gateway}${path || '/'}${query}`, VARY)
}

/**
 * From `/ipfs/{cid}/…` and `/ipns/{name}/…` to the root's own host (subdomain gateway specification, "Migrating from Path to
 * Subdomain Gateway"). Of the path only the root is read; the rest and the query go along as they are.
 * @throws HoldfastError `invalid_path`, `unsupported_cid`
 */
export const planToSubdomain = (namespace: 'ipfs' | 'ipns', root: string, where: ToSubdomain): ResponsePlan =>
  move(where, [namespace, labelOfRoot(namespace, root)], 2)

/** From a host whose root is spelled in another way (CIDv0, another base or codec, capitals) to the one that all share. */
export const planToCanonicalHost = (namespace: 'ipfs' | 'ipns', label: string, where: ToSubdomain): ResponsePlan =>
  move(where, [namespace, label], 0)
