/** How many copies of a content nodes have to confirm, how many there should be, and which zones have to have one. */
export type Replication = { min: number; max: number; zones: readonly string[] }

/** What somebody asks for; what it leaves out follows from the default. */
export type ReplicationWish = {
  min?: number | undefined
  max?: number | undefined
  zones?: readonly string[] | undefined
}

/** One copy, wherever: of private content that no private node has, and the floor of every other. */
export const ONE_COPY: Replication = { min: 1, max: 1, zones: [] }

/** Whether somebody asks for more than the limit of the plan; each zone is a copy. Null means no limit. */
export const isBeyond = (limit: number | null, { min = 1, max = 1, zones = [] }: ReplicationWish = {}): boolean =>
  limit !== null && Math.max(min, max, zones.length) > limit

/**
 * The policy of a pin, as it is written into it: what it asks for, else what holds for it by default (its group's, else the organization's, else the platform's).
 * What is above the plan's limit gives way.
 */
export const resolveReplication = (
  { min, max, zones }: ReplicationWish,
  byDefault: Replication,
  limit: number | null,
): Replication => {
  const most = limit ?? Number.POSITIVE_INFINITY
  const least = Math.min(min ?? byDefault.min, max ?? most, most)
  const copies = Math.min(max ?? Math.max(byDefault.max, zones?.length ?? 0), most)
  return {
    min: least,
    max: Math.max(least, copies),
    zones: sorted(zones ?? byDefault.zones).slice(0, Math.max(least, copies)),
  }
}

/** What a content needs so that each of its pins has what it asks for; nothing but its pins decides it. */
export const largestReplication = (pins: readonly Replication[]): Replication => {
  let { min, max } = ONE_COPY
  const zones = new Set<string>()
  for (const pin of pins) {
    min = Math.max(min, pin.min)
    max = Math.max(max, pin.max, pin.min)
    for (const zone of pin.zones) zones.add(zone)
  }
  return { min, max, zones: sorted([...zones]) }
}

export const isSameReplication = (one: Replication, other: Replication): boolean =>
  one.min === other.min && one.max === other.max && one.zones.join('\n') === other.zones.join('\n')

/** By code points, as the database sorts them in the collation "C". */
const sorted = (zones: readonly string[]): string[] => [...new Set(zones)].sort((a, b) => (a < b ? -1 : 1))
