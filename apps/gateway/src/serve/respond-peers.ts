import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { planPeers } from '../plan/plan-peers.ts'
import type { ResponsePlan } from '../plan/response-plan.ts'
import { keyNameOf } from '../request/root-label.ts'
import { filterNames, filterPeers } from '../routing/filter-peers.ts'
import type { PeerRecord } from '../routing/peer-record.ts'

export type PeersDeps = {
  /** Whether it is of this platform; what strangers had fetched from the network is not, and is nobody's business. */
  provides(cid: CID): boolean
  peer: PeerRecord
}

export type PeersQuestion = {
  method: string
  accept: string | undefined
  /** `providers` and a CID, or `peers` and a PeerID. */
  kind: 'providers' | 'peers'
  id: string
  /** The query as it was written. */
  query: string
}

const unprocessable = (detail: string): HoldfastError => new HoldfastError('invalid_routing_request', { detail })

/**
 * Delegated Routing V1 for what this platform holds: the gateway is the provider of every block in it, and the only peer.
 * @throws HoldfastError `invalid_routing_request`
 */
export const respondPeers = (asked: PeersQuestion, { provides, peer }: PeersDeps): ResponsePlan => {
  const { method, accept, kind, id } = asked
  const parameters = new URLSearchParams(asked.query)
  const addrs = filterNames(parameters.get('filter-addrs') ?? undefined)
  const protocols = filterNames(parameters.get('filter-protocols') ?? undefined)
  if (addrs === undefined || protocols === undefined)
    throw unprocessable('A filter has too many names, or too long ones.')
  const filtered = (found: boolean): PeerRecord[] => (found ? filterPeers([peer], { addrs, protocols }) : [])
  const as = { method, accept, now: Date.now() }
  if (kind === 'peers') return planPeers(as, 'Peers', filtered(isPeer(id, peer)))
  const cid = cidOf(id)
  return { ...planPeers(as, 'Providers', filtered(provides(cid))), about: { cids: [cid] } }
}

const cidOf = (id: string): CID => {
  try {
    return parseCid(id)
  } catch (error) {
    if (error instanceof HoldfastError) throw unprocessable('This is no CID.')
    throw error
  }
}

const isPeer = (id: string, peer: PeerRecord): boolean => {
  const key = keyNameOf(id)
  if (key === undefined) throw unprocessable('This is no PeerID.')
  return key === peer.ID
}
