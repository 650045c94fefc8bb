/** A node that has confirmed a copy. `fill`: which part of it is used; 0 where its size is not known. */
export type SurplusHolder = { nodeId: string; zone: string; fill: number }

export type SurplusWish = {
  /** In all, those of `kept` among them. */
  copies: number
  zones: readonly string[]
  /** Zones of copies that stay whatever is chosen: the own store's. */
  kept: readonly string[]
  /** Of these holders, whatever is wished for. */
  least: number
}

/**
 * Which copies are too many: the fullest nodes first, never the last copy of a zone that has to have one, and never fewer on nodes than have to stay:
 * the own store is read by us alone.
 */
export const chooseSurplus = (
  { copies, zones, kept, least }: SurplusWish,
  holders: readonly SurplusHolder[],
): string[] => {
  const stay = [...holders].sort((a, b) => a.fill - b.fill || (a.nodeId < b.nodeId ? -1 : 1))
  const leave: string[] = []
  const isNeeded = ({ zone }: SurplusHolder): boolean =>
    zones.includes(zone) && !kept.includes(zone) && stay.filter((one) => one.zone === zone).length === 1
  while (stay.length > Math.max(1, least, copies - kept.length)) {
    const at = stay.findLastIndex((holder) => !isNeeded(holder))
    const [gone] = at < 0 ? [] : stay.splice(at, 1)
    if (gone === undefined) break
    leave.push(gone.nodeId)
  }
  return leave
}
