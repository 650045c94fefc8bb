import { KuboBackend } from '@services/ipfs-manager/kubo/kubo-backend'
import type { NodeReport } from '@services/ipfs-manager/pin-backend'
import { type Fleet, rpcUrl } from './fleet-file.ts'

type FleetReport = NodeReport & { warnings: readonly string[] }

const REPORT_MS = 10_000

/** What the platform would see of the nodes: whether it can use them, and what could be set better. */
export const reportFleet = async ({ network, token, nodes }: Fleet): Promise<FleetReport[]> => {
  const backend = new KuboBackend({
    install: '',
    dialPrivate: true,
    nodes: nodes.map((node) => ({
      nodeId: node.name,
      name: node.name,
      url: rpcUrl(node),
      token,
      zone: '',
      network: network === 'private' ? 'private' : 'public',
    })),
  })
  try {
    const reports = await backend.nodes(AbortSignal.timeout(REPORT_MS))
    const warnings = new Map(backend.warnings().map((one) => [one.name, one.warnings]))
    return reports.map((report) => ({ ...report, warnings: warnings.get(report.name) ?? [] }))
  } finally {
    backend.stop()
  }
}

/** A line for people. */
export const lineOf = ({ name, state, reason, version, peers, usedBytes, capacityBytes }: NodeReport): string => {
  if (state !== 'up') return `${name}  ${state}  ${reason ?? ''}`.trimEnd()
  const used = `${gib(usedBytes ?? 0)} of ${gib(capacityBytes ?? 0)} GiB`
  return `${name}  up  Kubo ${version}  ${peers} peers  ${used}`
}

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1)
