import { type FetchTold, pinInfo } from '@packages/db/pins/pin-info'
import type { PinRow, Row } from '@packages/db/tables'
import { shortageOf } from '@packages/shared/shortage'
import type { z } from 'zod'
import type { pinSchema, pinStatusListSchema } from './schemas.ts'

export type PinFields = Pick<
  PinRow,
  'id' | 'cid' | 'name' | 'status' | 'created_at' | 'pinned_at' | 'meta' | 'info' | 'group_id'
> & {
  fetch?: FetchTold | null
}
export type PinWithPolicy = PinFields & Pick<PinRow, 'replication_min' | 'replication_max' | 'zones'>
/** As JSON gives it: times are texts. */
export type PinNodeFields = Pick<Row<'pin_nodes'>, 'node_name' | 'status' | 'error'> &
  Record<'pinned_at' | 'last_checked', Date | string | null>
export type PinWithNodes = PinWithPolicy & { nodes: PinNodeFields[]; shortage: string | null; bare_zones: string[] }

export type PresentedPin = z.infer<typeof pinSchema>

const time = (date: Date | string | null): string | null => (date === null ? null : new Date(date).toISOString())

export const presentPin = (row: PinFields): PresentedPin => ({
  requestid: row.id,
  cid: row.cid,
  name: row.name,
  status: row.status,
  createdAt: new Date(row.created_at).toISOString(),
  pinnedAt: time(row.pinned_at),
  meta: row.meta,
  info: pinInfo(row),
  group: row.group_id,
})

const replicationOf = ({ nodes, replication_min: min, replication_max: max, zones, ...row }: PinWithNodes) => {
  const confirmed = nodes.filter((node) => node.status === 'pinned').length
  return { min, max, zones, confirmed, shortage: shortageOf({ confirmed, max, bare: row.bare_zones }, row.shortage) }
}

/** A pin with what each node says about its content. */
export const presentPinWithNodes = (row: PinWithNodes): z.infer<typeof pinStatusListSchema>['pins'][number] => ({
  ...presentPin(row),
  replication: replicationOf(row),
  nodes: row.nodes.map((node) => ({
    node: node.node_name,
    status: node.status,
    pinnedAt: time(node.pinned_at),
    lastChecked: time(node.last_checked),
    error: node.error,
  })),
})
