import { isoOfUtc } from '@packages/db/microseconds'
import { type FetchTold, pinInfo } from '@packages/db/pins/pin-info'
import type { PinRow, Row } from '@packages/db/tables'
import { shortageOf } from '@packages/shared/shortage'
import type { z } from 'zod'
import type { pinSchema, pinStatusListSchema } from './schemas.ts'

/** Times are Dates, or texts as `utcText` or JSON gives them. */
export type PinFields = Pick<PinRow, 'id' | 'cid' | 'name' | 'status' | 'meta' | 'info' | 'group_id'> & {
  created_at: Date | string
  pinned_at: Date | string | null
  expires_at: Date | string | null
  fetch?: FetchTold | null
}
export type PinNodeFields = Pick<Row<'pin_nodes'>, 'node_name' | 'status' | 'error'> &
  Record<'pinned_at' | 'last_checked', Date | string | null>
export type PinWithNodes = PinFields &
  Pick<PinRow, 'replication_min' | 'replication_max' | 'zones'> & {
    nodes: PinNodeFields[]
    shortage: string | null
    bare_zones: string[]
  }

export type PresentedPin = z.infer<typeof pinSchema>

const iso = (time: Date | string): string => (typeof time === 'string' ? isoOfUtc(time) : time.toISOString())
const time = (date: Date | string | null): string | null => (date === null ? null : iso(date))

export const presentPin = (row: PinFields): PresentedPin => ({
  requestid: row.id,
  cid: row.cid,
  name: row.name,
  status: row.status,
  createdAt: iso(row.created_at),
  pinnedAt: time(row.pinned_at),
  meta: row.meta,
  info: pinInfo(row),
  group: row.group_id,
  expiresAt: time(row.expires_at),
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
