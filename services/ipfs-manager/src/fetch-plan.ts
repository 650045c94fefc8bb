/** A content that an organization waits for, and whose time has come. */
export type DueFetch = { contentId: string; organizationId: string; dueAt: number }

export type FetchPlanInput = {
  slots: number
  /** How many fetches run on whose turn. */
  running: ReadonlyMap<string, number>
  due: readonly DueFetch[]
  /** When each organization was served last, by any clock that only rises. */
  servedAt: ReadonlyMap<string, number>
}

/**
 * Who is next: round robin over organizations, whoever has least running first, then whoever waits longest for a turn. No organization ever has more
 * than half of the slots, and a quarter is for those that have nothing running: however much one of them wants, the first of another one is
 * taken at once.
 */
export const planFetches = ({ slots, running, due, servedAt }: FetchPlanInput): DueFetch[] => {
  const share = Math.max(1, Math.floor(slots / 2))
  const shared = slots - Math.floor(slots / 4)
  const counts = new Map(running)
  const turns = new Map(servedAt)
  let used = [...running.values()].reduce((sum, count) => sum + count, 0)
  const queues = queuesOf(due)
  const taken = new Set<string>()
  const plan: DueFetch[] = []
  const next = (): string | undefined => {
    let best: string | undefined
    for (const organizationId of queues.keys()) {
      const count = counts.get(organizationId) ?? 0
      if (count >= share || used >= (count === 0 ? slots : shared)) continue
      if (best === undefined || isBefore(organizationId, best)) best = organizationId
    }
    return best
  }
  const isBefore = (one: string, other: string): boolean => {
    const more = (counts.get(one) ?? 0) - (counts.get(other) ?? 0)
    if (more !== 0) return more < 0
    const later = (turns.get(one) ?? 0) - (turns.get(other) ?? 0)
    if (later !== 0) return later < 0
    return (queues.get(one)?.[0]?.dueAt ?? 0) < (queues.get(other)?.[0]?.dueAt ?? 0)
  }
  for (let id = next(); id !== undefined; id = next()) {
    const queue = queues.get(id) ?? []
    const one = queue.shift()
    if (queue.length === 0) queues.delete(id)
    // Another organization waits for the same content, and was first.
    if (one === undefined || taken.has(one.contentId)) continue
    taken.add(one.contentId)
    plan.push(one)
    counts.set(id, (counts.get(id) ?? 0) + 1)
    used++
    // Behind everybody who was not served yet.
    turns.set(id, Number.MAX_SAFE_INTEGER)
  }
  return plan
}

const queuesOf = (due: readonly DueFetch[]): Map<string, DueFetch[]> => {
  const queues = new Map<string, DueFetch[]>()
  for (const one of due) {
    const queue = queues.get(one.organizationId)
    if (queue === undefined) queues.set(one.organizationId, [one])
    else queue.push(one)
  }
  for (const queue of queues.values()) queue.sort((a, b) => a.dueAt - b.dueAt)
  return queues
}
