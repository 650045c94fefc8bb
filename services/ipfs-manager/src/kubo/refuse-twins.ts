import type { NodeReport } from '../pin-backend.ts'

/**
 * One node by two addresses would be two copies that are one: what was known of it first is used, and the other one is refused and says why. Pure.
 * @param reports node ids are UUIDv7, so the smallest is the oldest
 */
export const refuseTwins = (reports: readonly NodeReport[]): NodeReport[] => {
  const first = new Map<string, NodeReport>()
  for (const report of reports) {
    if (report.peerId === null) continue
    const other = first.get(report.peerId)
    if (other === undefined || report.nodeId < other.nodeId) first.set(report.peerId, report)
  }
  return reports.map((report) => {
    const twin = report.peerId === null ? undefined : first.get(report.peerId)
    if (twin === undefined || twin.nodeId === report.nodeId) return report
    const reason = `It is the same node as ${twin.name}, by another address: its copies would count twice.`
    return { ...report, state: 'refused', reason, addresses: [] }
  })
}
