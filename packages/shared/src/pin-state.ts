/**
 * The one place where a pin's status is derived from facts: what the content row says and how many
 * replicas the nodes have confirmed. Called in the transaction that changes a fact; nothing else writes `pins.status`.
 */
export type PinStatus = 'queued' | 'pinning' | 'pinned' | 'degraded' | 'failed'

export type PinFacts = {
  /** `wanted`: nothing is held yet; `held`: every block is held by at least one confirmed replica. */
  contentState: 'wanted' | 'held'
  confirmedReplicas: number
  /** The policy's minimum of confirmed replicas, at least 1. */
  replicationMin: number
  /** Whether some backend is at work on fetching it now. */
  fetching: boolean
  /** Set once the minimum was ever reached: a loss after that is `degraded`, not `pinning`. */
  wasPinned: boolean
  /** Set when the last try ended for good; tells why. */
  failure: string | null
}

/** Pure: facts in, status out. Never flatters: `pinned` needs the minimum of confirmed replicas. */
export const pinStatus = (facts: PinFacts): PinStatus => {
  if (facts.contentState === 'held' && facts.confirmedReplicas >= facts.replicationMin) return 'pinned'
  if (facts.wasPinned) return 'degraded'
  if (facts.failure !== null) return 'failed'
  if (facts.contentState === 'held' || facts.fetching) return 'pinning'
  return 'queued'
}

export type PsaStatus = 'queued' | 'pinning' | 'pinned' | 'failed'

/** The same as the Pinning Service API tells it, which knows no `degraded`: pinned while one copy is left. */
export const psaStatus = (status: PinStatus, copiesLeft: number): PsaStatus => {
  if (status !== 'degraded') return status
  return copiesLeft > 0 ? 'pinned' : 'pinning'
}
