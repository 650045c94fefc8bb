import type { Gateway } from '@apps/gateway/start-gateway'
import type { Figure, FigureGroup } from '@packages/runtime/metrics/figures'

const gauge = (name: string, help: string): Figure => ({ name, help, kind: 'gauge' })
const counter = (name: string, help: string): Figure => ({ name, help, kind: 'counter' })

const FIGURES = [
  gauge('holdfast_gateway_fetches', 'Requests that have something fetched from the network now.'),
  gauge('holdfast_gateway_fetch_wants', 'Blocks that are wanted of the network now.'),
  counter('holdfast_gateway_fetches_total', 'Requests that had something fetched from the network.'),
  counter('holdfast_gateway_fetch_seconds_total', 'How long they took together.'),
  counter('holdfast_gateway_fetch_blocks_total', 'Blocks that the network gave.'),
  counter('holdfast_gateway_fetch_bytes_total', 'Bytes of these blocks.'),
  counter('holdfast_gateway_fetches_late_total', 'Blocks that nobody gave in time.'),
  counter('holdfast_gateway_fetches_over_quota_total', 'What a client or a gateway had no quota for.'),
  counter('holdfast_gateway_fetches_busy_total', 'Requests that were refused because too many fetched.'),
  counter('holdfast_gateway_fetches_cut_total', 'Requests that wanted more than one may have.'),
  counter('holdfast_gateway_fetches_failed_total', 'Blocks that could not be asked for.'),
]

/** What a gateway in mode `open` fetches; null in mode `pinned`. */
export const fetchFigures = (gateway: Pick<Gateway, 'fetched'>): FigureGroup | null => {
  if (gateway.fetched() === null) return null
  const read = () => {
    const now = gateway.fetched()
    if (now === null) return {}
    return {
      holdfast_gateway_fetches: now.running,
      holdfast_gateway_fetch_wants: now.wanted,
      holdfast_gateway_fetches_total: now.visits,
      holdfast_gateway_fetch_seconds_total: now.ms / 1_000,
      holdfast_gateway_fetch_blocks_total: now.blocks,
      holdfast_gateway_fetch_bytes_total: now.bytes,
      holdfast_gateway_fetches_late_total: now.late,
      holdfast_gateway_fetches_over_quota_total: now.quota,
      holdfast_gateway_fetches_busy_total: now.busy,
      holdfast_gateway_fetches_cut_total: now.limit,
      holdfast_gateway_fetches_failed_total: now.failed,
    }
  }
  return { figures: FIGURES, read }
}
