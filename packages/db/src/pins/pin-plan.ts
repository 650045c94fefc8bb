import { randomUUIDv7 } from 'node:crypto'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { pinStatus, psaStatus } from '@packages/shared/pin-state'
import {
  isBeyond,
  isSameReplication,
  largestReplication,
  ONE_COPY,
  type Replication,
  type ReplicationWish,
  resolveReplication,
} from '@packages/shared/replication'
import { fromMicroseconds } from '../microseconds.ts'
import { storageUsedUp, tooManyCopies } from '../plan-refusals.ts'
import type { AdoptedRoot, InsertedPin, NewPinRow } from './new-pin.ts'
import type { ContentFacts, OrganizationFacts, PinFacts } from './pin-facts.ts'
import { nextCreated } from './next-created.ts'

export type PinPlan = {
  accepted: { row: NewPinRow; pin: InsertedPin; contentId: string }[]
  refused: { row: NewPinRow; error: HoldfastError }[]
  newContents: { id: string; realm: string; cid: string; nodeId: string; adopted: AdoptedRoot | undefined }[]
  /** What contents need by these pins, by id: of new ones, and of others where it is more than before. */
  wishes: Map<string, Replication>
  /** Organizations that wait for a content; whether somebody fetches it just now, and whether its fetch has no row yet. */
  waiting: { organizationId: string; contentId: string; isRunning: boolean; isNew: boolean }[]
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
    wishes: new Map(),
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
    const group = row.groupId == null ? null : facts.groups.get(row.groupId)
    const error = refuse(organization, {
      hasGroup: group === null || group?.organizationId === row.organizationId,
      cost,
      used: usage.bytes - (row.credit ?? 0),
      wish: row.replication,
    })
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
    const replication = replicationOf(row, organization, group?.replication)
    wish(content, replication, live === undefined)
    if (content.state === 'held') holdings.add(holdingKey(row.organizationId, content.id))
    else wait(row.organizationId, content)
    usage.bytes += cost
    usage.roots += content.state === 'held' && !isPaid ? 1 : 0
    usage.lastPinMicros = nextCreated(facts.nowMicros, usage.lastPinMicros)
    plan.usage.set(row.organizationId, usage)
    plan.accepted.push({ row, pin: insertedPin(row, content, usage.lastPinMicros, replication), contentId: content.id })
  }
  return plan

  function wish(content: ContentFacts, replication: Replication, isNew: boolean): void {
    const before = plan.wishes.get(content.id) ?? content.wishes
    const after = largestReplication([before, replication])
    if (isNew || !isSameReplication(before, after)) plan.wishes.set(content.id, after)
  }

  function wait(organizationId: string, { id: contentId, fetch: job }: ContentFacts): void {
    const key = holdingKey(organizationId, contentId)
    if (waiting.has(key)) return
    waiting.add(key)
    plan.waiting.push({ organizationId, contentId, isRunning: job?.state === 'running', isNew: job === null })
    if (job?.state === 'failed' && !plan.beginAnew.includes(contentId)) plan.beginAnew.push(contentId)
  }
}

const replicationOf = (
  { realm, replication = {} }: NewPinRow,
  organization: OrganizationFacts | undefined,
  ofGroup: Replication | null | undefined,
): Replication =>
  realm === 'private' || organization === undefined
    ? ONE_COPY
    : resolveReplication(replication, ofGroup ?? organization.replication, organization.copiesLimit)

const refuse = (
  organization: OrganizationFacts | undefined,
  { cost, used, wish, hasGroup }: { cost: number; used: number; wish: ReplicationWish | undefined; hasGroup: boolean },
): HoldfastError | undefined => {
  if (organization === undefined) return new HoldfastError('not_found', { detail: 'The organization is gone.' })
  if (!hasGroup) return new HoldfastError('not_found', { detail: 'There is no such group.' })
  const { storedBytes, limit, copiesLimit } = organization
  if (copiesLimit !== null && isBeyond(copiesLimit, wish)) return tooManyCopies(copiesLimit)
  return cost > 0 && limit !== null && storedBytes + used + cost > limit ? storageUsedUp() : undefined
}

const newContent = ({ adopted }: NewPinRow): ContentFacts => ({
  id: adopted?.contentId ?? randomUUIDv7(),
  state: adopted === undefined ? 'wanted' : 'held',
  dagSize: adopted?.dagSize ?? null,
  confirmed: adopted === undefined ? 0 : 1,
  wishes: ONE_COPY,
  fetch: null,
})

const insertedPin = (
  row: NewPinRow,
  content: ContentFacts,
  createdMicros: number,
  replication: Replication,
): InsertedPin => {
  const { fetch: job } = content
  const status = pinStatus({
    contentState: content.state,
    confirmedReplicas: content.confirmed,
    replicationMin: replication.min,
    fetching: job !== null && job.state !== 'failed' && job.tries > 0,
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
    // What was given up begins anew by this pin.
    fetch: job?.state === 'failed' ? null : job,
    replication_min: replication.min,
    replication_max: replication.max,
    zones: [...replication.zones],
    group_id: row.groupId ?? null,
    expires_at: row.expiresAt ?? null,
  }
}
