import { HoldfastError } from '@packages/shared/holdfast-error'
import { type PinStatus, pinStatus } from '@packages/shared/pin-state'
import {
  isSameReplication,
  largestReplication,
  ONE_COPY,
  type Replication,
  resolveReplication,
} from '@packages/shared/replication'
import { IdempotencyConflict, type IdempotencyIdentity } from '../idempotency.ts'
import type { GroupFacts } from '../pins/pin-facts.ts'
import { nextCreated } from '../pins/next-created.ts'
import { fileTooLarge, storageUsedUp, tooManyFiles } from '../plan-refusals.ts'
import { committedRows } from './committed-rows.ts'
import type { CommittedIngest, IngestItem } from './ingest-item.ts'

/** What the database says about a batch's organizations and roots; the rows are locked. */
export type IngestFacts = {
  nowMicros: number
  organizations: Map<string, OrganizationFacts>
  /** Groups that uploads go into and that are there; they are locked. */
  groups?: ReadonlyMap<string, GroupFacts>
  /** What each pin that is replaced leaves to what takes its place. */
  replaced?: ReadonlyMap<string, ReplacedPin>
  /** Live content rows by `rootKey`. */
  contents: Map<string, ContentFacts>
  /** `holdingKey`s of organizations that have a live pin on a held content: it is paid for. */
  holdings: Set<string>
  /** Pins that wait for a `wanted` content, by its id. */
  wantedPins: Map<string, WantedPin[]>
  /** `idempotencyKey`s that are taken. */
  takenKeys: Set<string>
}

export type ReplacedPin = { groupId: string | null; createdMicros: number }

export type ContentFacts = { id: string; state: 'wanted' | 'held'; confirmedReplicas: number; wishes: Replication }

/** What it has and may have; null means no limit. */
export type OrganizationFacts = {
  storedBytes: number
  limit: number | null
  files: number
  filesLimit: number | null
  maxFileBytes: number | null
  lastPinMicros: number
  /** Of its pins. */
  replication: Replication
  copiesLimit: number | null
}

export type WantedPin = { id: string; organizationId: string; replication: Replication; wasPinned: boolean }

export type IngestPlan = {
  accepted: { item: IngestItem; committed: CommittedIngest }[]
  refused: { item: IngestItem; error: Error }[]
  newContents: IngestItem[]
  /** What contents need by their pins, by id: of new ones, and of others where it is more than before. */
  wishes: Map<string, Replication>
  /** Content that was wanted and is held now: its pins move from one row to the other. */
  fulfilled: { wantedId: string; heldId: string; pins: { pin: WantedPin; status: PinStatus }[] }[]
  /** Roots that have no row and go back to the store. */
  discarded: { item: IngestItem; reason: 'duplicate' | 'orphan' }[]
  usage: Map<string, { bytes: number; roots: number; files: number; lastPinMicros: number | null }>
}

export const rootKey = ({ realm, cid }: { realm: string; cid: string }): string => `${realm} ${cid}`
export const holdingKey = (organizationId: string, contentId: string): string => `${organizationId} ${contentId}`
export const idempotencyKey = ({ scope, route, key }: IdempotencyIdentity): string =>
  JSON.stringify([scope, route, key])

/**
 * Decides a batch, item by item in order, without I/O: who is charged, which root becomes the live content, which is a
 * duplicate, when each pin was made, and who is refused (a limit of the plan, idempotency key in use, no such organization).
 */
export const planIngest = (items: IngestItem[], facts: IngestFacts): IngestPlan => {
  const plan: IngestPlan = {
    accepted: [],
    refused: [],
    newContents: [],
    wishes: new Map(),
    fulfilled: [],
    discarded: [],
    usage: new Map(),
  }
  const contents = new Map(facts.contents)
  const holdings = new Set(facts.holdings)
  const takenKeys = new Set(facts.takenKeys)

  const usageOf = (organizationId: string) => {
    const usage = plan.usage.get(organizationId) ?? { bytes: 0, roots: 0, files: 0, lastPinMicros: null }
    plan.usage.set(organizationId, usage)
    return usage
  }
  const charge = (organizationId: string, contentId: string, bytes: number): void => {
    if (holdings.has(holdingKey(organizationId, contentId))) return
    holdings.add(holdingKey(organizationId, contentId))
    const usage = usageOf(organizationId)
    usage.bytes += bytes
    usage.roots += 1
  }
  /** The root becomes the live content; who waited for it gets it, and pays for it whatever the limit says. */
  const hold = (item: IngestItem, wantedId: string | undefined): ContentFacts => {
    const confirmedReplicas = 1 + new Set(item.copies).size
    const pins = wantedId === undefined ? [] : (facts.wantedPins.get(wantedId) ?? [])
    const wishes = largestReplication(pins.map(({ replication }) => replication))
    const content: ContentFacts = { id: item.contentId, state: 'held', confirmedReplicas, wishes }
    contents.set(rootKey({ realm: item.realm, cid: item.canonicalCid }), content)
    plan.wishes.set(content.id, wishes)
    plan.newContents.push(item)
    if (wantedId === undefined) return content
    for (const pin of pins) charge(pin.organizationId, item.contentId, item.dagSize)
    plan.fulfilled.push({
      wantedId,
      heldId: item.contentId,
      pins: pins.map((pin) => ({ pin, status: statusOf(confirmedReplicas, pin.replication.min, pin.wasPinned) })),
    })
    return content
  }
  const wish = ({ id, wishes }: ContentFacts, replication: Replication): void => {
    const before = plan.wishes.get(id) ?? wishes
    const after = largestReplication([before, replication])
    if (!isSameReplication(before, after)) plan.wishes.set(id, after)
  }

  for (const item of items) {
    const live = contents.get(rootKey({ realm: item.realm, cid: item.canonicalCid }))
    const held = live?.state === 'held' ? live : undefined
    const refusal = refuse(item, held?.id)
    if (refusal) {
      plan.refused.push({ item, error: refusal })
      plan.discarded.push({ item, reason: 'orphan' })
      continue
    }
    if (item.idempotency) takenKeys.add(idempotencyKey(item.idempotency))
    if (held) plan.discarded.push({ item, reason: 'duplicate' })
    const contentId = held?.id ?? item.contentId
    charge(item.organizationId, contentId, item.dagSize)
    const content = held ?? hold(item, live?.id)
    const groupId = groupIdOf(item)
    const ofGroup = groupId === null ? null : facts.groups?.get(groupId)?.replication
    const replication = replicationOf(item, facts.organizations.get(item.organizationId), ofGroup)
    wish(content, replication)
    usageOf(item.organizationId).files += 1
    const status = statusOf(content.confirmedReplicas, replication.min, false)
    plan.accepted.push({
      item,
      committed: committedRows(item, contentId, { status, replication, groupId }, createdOf(item)),
    })
  }
  return plan

  /** In microseconds. What takes a pin's place is as old as that: its time was the organization's own already. */
  function createdOf({ organizationId, replaces }: IngestItem): number {
    const kept = replaces && facts.replaced?.get(replaces.pinId)?.createdMicros
    if (kept !== undefined) return kept
    const usage = usageOf(organizationId)
    const earlier = usage.lastPinMicros ?? facts.organizations.get(organizationId)?.lastPinMicros ?? 0
    usage.lastPinMicros = nextCreated(facts.nowMicros, earlier)
    return usage.lastPinMicros
  }

  /** Null where there is none, or none any more. */
  function groupIdOf({ organizationId, groupId, replaces }: IngestItem): string | null {
    const wanted = (replaces === undefined ? groupId : facts.replaced?.get(replaces.pinId)?.groupId) ?? null
    return wanted !== null && facts.groups?.get(wanted)?.organizationId === organizationId ? wanted : null
  }

  function refuse(item: IngestItem, heldId: string | undefined): Error | undefined {
    const organization = facts.organizations.get(item.organizationId)
    if (!organization) return new HoldfastError('not_found', { detail: 'The organization is gone.' })
    // What was begun earlier was acknowledged: it is in none when its group has gone meanwhile.
    if (item.groupId != null && item.finishes === undefined && groupIdOf(item) === null)
      return new HoldfastError('not_found', { detail: 'There is no such group.' })
    if (item.idempotency && takenKeys.has(idempotencyKey(item.idempotency)))
      return new IdempotencyConflict(item.idempotency)
    if (organization.maxFileBytes !== null && item.file.size > organization.maxFileBytes)
      return fileTooLarge(organization.maxFileBytes)
    const usage = plan.usage.get(item.organizationId)
    if (
      !item.replaces &&
      organization.filesLimit !== null &&
      organization.files + (usage?.files ?? 0) >= organization.filesLimit
    )
      return tooManyFiles(organization.filesLimit)
    if (heldId !== undefined && holdings.has(holdingKey(item.organizationId, heldId))) return undefined
    const used = organization.storedBytes + (usage?.bytes ?? 0) - (item.replaces?.dagSize ?? 0)
    if (organization.limit !== null && used + item.dagSize > organization.limit) return storageUsedUp()
    return undefined
  }
}

/** Private content that no private node has taken stays in the own store. */
const replicationOf = (
  { realm, nodeCid }: IngestItem,
  organization: OrganizationFacts | undefined,
  ofGroup: Replication | null | undefined,
): Replication =>
  (realm === 'private' && nodeCid === undefined) || organization === undefined
    ? ONE_COPY
    : resolveReplication(
        {},
        (realm === 'public' ? ofGroup : null) ?? organization.replication,
        organization.copiesLimit,
      )

const statusOf = (confirmedReplicas: number, replicationMin: number, wasPinned: boolean): PinStatus =>
  pinStatus({
    contentState: 'held',
    confirmedReplicas,
    replicationMin,
    fetching: false,
    wasPinned,
    failure: null,
  })
