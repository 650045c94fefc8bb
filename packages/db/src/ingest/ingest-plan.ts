import { foldText } from '@packages/shared/fold-text'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type PinStatus, pinStatus, psaStatus } from '@packages/shared/pin-state'
import { IdempotencyConflict, type IdempotencyIdentity } from '../idempotency.ts'
import { fromMicroseconds } from '../microseconds.ts'
import { nextCreated } from '../pins/next-created.ts'
import { fileTooLarge, storageUsedUp, tooManyFiles } from '../plan-refusals.ts'
import type { CommittedIngest, IngestItem } from './ingest-item.ts'

/** What the database says about a batch's organizations and roots; the rows are locked. */
export type IngestFacts = {
  nowMicros: number
  organizations: Map<string, OrganizationFacts>
  /** Live content rows by `rootKey`. */
  contents: Map<string, { id: string; state: 'wanted' | 'held'; confirmedReplicas: number }>
  /** `holdingKey`s of organizations that have a live pin on a held content: it is paid for. */
  holdings: Set<string>
  /** Pins that wait for a `wanted` content, by its id. */
  wantedPins: Map<string, WantedPin[]>
  /** `idempotencyKey`s that are taken. */
  takenKeys: Set<string>
}

/** What it has and may have; null means no limit. */
export type OrganizationFacts = {
  storedBytes: number
  limit: number | null
  files: number
  filesLimit: number | null
  maxFileBytes: number | null
  lastPinMicros: number
}

export type WantedPin = { id: string; organizationId: string; replicationMin: number; wasPinned: boolean }

export type IngestPlan = {
  accepted: { item: IngestItem; committed: CommittedIngest }[]
  refused: { item: IngestItem; error: Error }[]
  newContents: IngestItem[]
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
  const hold = (item: IngestItem, wantedId: string | undefined): void => {
    contents.set(rootKey({ realm: item.realm, cid: item.canonicalCid }), {
      id: item.contentId,
      state: 'held',
      confirmedReplicas: 1,
    })
    plan.newContents.push(item)
    if (wantedId === undefined) return
    const pins = facts.wantedPins.get(wantedId) ?? []
    for (const pin of pins) charge(pin.organizationId, item.contentId, item.dagSize)
    plan.fulfilled.push({
      wantedId,
      heldId: item.contentId,
      pins: pins.map((pin) => ({ pin, status: statusOf(1, pin.replicationMin, pin.wasPinned) })),
    })
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
    if (!held) hold(item, live?.id)
    const usage = usageOf(item.organizationId)
    usage.files += 1
    const earlier = usage.lastPinMicros ?? facts.organizations.get(item.organizationId)?.lastPinMicros ?? 0
    usage.lastPinMicros = nextCreated(facts.nowMicros, earlier)
    const status = statusOf(held?.confirmedReplicas ?? 1, 1, false)
    plan.accepted.push({ item, committed: committedRows(item, contentId, status, usage.lastPinMicros) })
  }
  return plan

  function refuse(item: IngestItem, heldId: string | undefined): Error | undefined {
    const organization = facts.organizations.get(item.organizationId)
    if (!organization) return new HoldfastError('not_found', { detail: 'The organization is gone.' })
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

const statusOf = (confirmedReplicas: number, replicationMin: number, wasPinned: boolean): PinStatus =>
  pinStatus({
    contentState: 'held',
    confirmedReplicas,
    replicationMin,
    fetching: false,
    wasPinned,
    failure: null,
  })

const committedRows = (
  item: IngestItem,
  contentId: string,
  status: PinStatus,
  createdMicros: number,
): CommittedIngest => {
  const created_at = new Date(Math.floor(createdMicros / 1_000))
  const shared = { organization_id: item.organizationId, user_id: item.userId, content_id: contentId, cid: item.cid }
  return {
    contentId,
    file: {
      id: item.file.id,
      ...shared,
      pin_id: item.pin.id,
      original_name: item.file.name,
      content_type: item.file.contentType,
      size: item.file.size,
      metadata: item.file.metadata,
      visibility: item.realm,
      kind: item.file.kind ?? 'file',
      created_at,
      cid_hash: item.sealed?.cidHash ?? null,
      name_hash: item.sealed?.nameHash ?? null,
    },
    pin: {
      id: item.pin.id,
      ...shared,
      cid: item.sealed?.pinCid ?? item.cid,
      name: item.pin.name ?? null,
      name_folded: item.realm === 'public' && item.pin.name != null ? foldText(item.pin.name) : null,
      is_private: item.realm === 'private',
      meta: item.pin.meta ?? {},
      origins: [],
      status,
      info: {},
      replication_min: 1,
      replication_max: 1,
      created_at,
      pinned_at: status === 'pinned' ? created_at : null,
      expires_at: null,
      copies_left: 0,
      psa_status: psaStatus(status, 0),
      createdAt: fromMicroseconds(createdMicros),
    },
  }
}
