import { randomUUIDv7 } from 'node:crypto'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { pinStatus, psaStatus } from '@packages/shared/pin-state'
import { fromMicroseconds } from '../microseconds.ts'
import { storageUsedUp } from '../plan-refusals.ts'
import type { AdoptedRoot, InsertedPin, NewPinRow } from './new-pin.ts'
import { nextCreated } from './next-created.ts'

/** What the database says about a batch's organizations and roots; the rows are locked. */
export type PinFacts = {
  nowMicros: number
  organizations: ReadonlyMap<string, { storedBytes: number; limit: number | null; lastPinMicros: number }>
  /** Live content rows by `rootKey`. */
  contents: ReadonlyMap<string, ContentFacts>
  /** `holdingKey`s of organizations that have a pin on a held content: it is paid for. */
  holdings: ReadonlySet<string>
}

export type ContentFacts = {
  id: string
  state: 'wanted' | 'held'
  dagSize: number | null
  confirmed: number
  /** Of a wanted content. */
  fetch: { state: 'queued' | 'running' | 'waiting' | 'failed'; attempts: number } | null
}

export type PinPlan = {
  accepted: { row: NewPinRow; pin: InsertedPin; contentId: string }[]
  refused: { row: NewPinRow; error: HoldfastError }[]
  newContents: { id: string; realm: string; cid: string; nodeId: string; adopted: AdoptedRoot | undefined }[]
  /** Organizations that wait for a content, and whether somebody fetches it just now. */
  waiting: { organizationId: string; contentId: string; isRunning: boolean }[]
  /** Wanted contents whose fetch was given up: it begins anew. */
  beginAnew: string[]
  /** Roots that were taken and have no row. */
  discarded: { row: NewPinRow; contentId: string; reason: 'duplicate' | 'orphan' }[]
  usage: Map<string, { bytes: number; roots: number; lastPinMicros: number }>
}

export const rootKey = ({ realm, cid }: { realm: string; cid: string }): string => `${realm} ${cid}`
export const holdingKey = (organizationId: string, contentId: string): string => `${organizationId} ${contentId}`

/**
 * Decides a batch, pin by pin in order, without I/O: on which content each stands, who is charged, who waits, when each was made, and
 * who is refused (`quota_exceeded`, `not_found` for an organization that is gone).
 */
export const planPins = (rows: readonly NewPinRow[], facts: PinFacts): PinPlan => {
  const plan: PinPlan = {
    accepted: [],
    refused: [],
    newContents: [],
    waiting: [],
    beginAnew: [],
    discarded: [],
    usage: new Map(),
  }
  const contents = new Map(facts.contents)
  const holdings = new Set(facts.holdings)
  const waiting = new Set<string>()

  for (const row of rows) {
    const organization = facts.organizations.get(row.organizationId)
    const key = rootKey({ realm: row.realm, cid: row.canonical })
    const live = contents.get(key)
    const content = live ?? newContent(row)
    const isPaid = content.state === 'held' && holdings.has(holdingKey(row.organizationId, content.id))
    const cost = content.state === 'held' && !isPaid ? (content.dagSize ?? 0) : 0
    const usage = plan.usage.get(row.organizationId) ?? {
      bytes: 0,
      roots: 0,
      lastPinMicros: organization?.lastPinMicros ?? 0,
    }
    const error = refuse(organization, { cost, used: usage.bytes - (row.credit ?? 0) })
    const isMine = live === undefined && error === undefined
    if (row.adopted !== undefined && !isMine)
      plan.discarded.push({
        row,
        contentId: row.adopted.contentId,
        reason: error === undefined ? 'duplicate' : 'orphan',
      })
    if (error !== undefined) {
      plan.refused.push({ row, error })
      continue
    }
    if (live === undefined) {
      contents.set(key, content)
      const { id } = content
      plan.newContents.push({ id, realm: row.realm, cid: row.canonical, nodeId: row.nodeId, adopted: row.adopted })
    }
    if (content.state === 'held') holdings.add(holdingKey(row.organizationId, content.id))
    else wait(row.organizationId, content)
    usage.bytes += cost
    usage.roots += content.state === 'held' && !isPaid ? 1 : 0
    usage.lastPinMicros = nextCreated(facts.nowMicros, usage.lastPinMicros)
    plan.usage.set(row.organizationId, usage)
    plan.accepted.push({ row, pin: insertedPin(row, content, usage.lastPinMicros), contentId: content.id })
  }
  return plan

  function wait(organizationId: string, { id: contentId, fetch: job }: ContentFacts): void {
    const key = holdingKey(organizationId, contentId)
    if (waiting.has(key)) return
    waiting.add(key)
    plan.waiting.push({ organizationId, contentId, isRunning: job?.state === 'running' })
    if (job?.state === 'failed' && !plan.beginAnew.includes(contentId)) plan.beginAnew.push(contentId)
  }
}

const refuse = (
  organization: { storedBytes: number; limit: number | null } | undefined,
  { cost, used }: { cost: number; used: number },
): HoldfastError | undefined => {
  if (organization === undefined) return new HoldfastError('not_found', { detail: 'The organization is gone.' })
  const { storedBytes, limit } = organization
  return cost > 0 && limit !== null && storedBytes + used + cost > limit ? storageUsedUp() : undefined
}

const newContent = ({ adopted }: NewPinRow): ContentFacts => ({
  id: adopted?.contentId ?? randomUUIDv7(),
  state: adopted === undefined ? 'wanted' : 'held',
  dagSize: adopted?.dagSize ?? null,
  confirmed: adopted === undefined ? 0 : 1,
  fetch: null,
})

const insertedPin = (row: NewPinRow, content: ContentFacts, createdMicros: number): InsertedPin => {
  const { fetch: job } = content
  const status = pinStatus({
    contentState: content.state,
    confirmedReplicas: content.confirmed,
    replicationMin: 1,
    fetching: job !== null && job.state !== 'failed' && job.attempts > 0,
    wasPinned: false,
    failure: null,
  })
  const created_at = new Date(Math.floor(createdMicros / 1_000))
  return {
    id: randomUUIDv7(),
    cid: row.cid,
    name: row.name,
    status,
    psa_status: psaStatus(status, 0),
    created_at,
    created: fromMicroseconds(createdMicros),
    pinned_at: status === 'pinned' ? created_at : null,
    meta: row.meta,
    info: {},
    origins: status === 'pinned' ? [] : [...(row.origins ?? [])],
    dag_size: content.dagSize,
  }
}
