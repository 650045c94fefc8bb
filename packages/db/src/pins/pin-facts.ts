import type { Replication } from '@packages/shared/replication'
import type { FetchTold } from './pin-info.ts'

/** What the database says about a batch's organizations and roots; the rows are locked. */
export type PinFacts = {
  nowMicros: number
  organizations: ReadonlyMap<string, OrganizationFacts>
  /** Groups that pins of the batch go into and that are there; they are locked. */
  groups: ReadonlyMap<string, GroupFacts>
  /** Live content rows by `rootKey`. */
  contents: ReadonlyMap<string, ContentFacts>
  /** `holdingKey`s of organizations that have a pin on a held content: it is paid for. */
  holdings: ReadonlySet<string>
}

/** `replication`: of pins that do not say; null: the organization's. */
export type GroupFacts = { organizationId: string; replication: Replication | null }

export type OrganizationFacts = {
  storedBytes: number
  limit: number | null
  lastPinMicros: number
  /** Of pins that do not say. */
  replication: Replication
  /** Copies that a pin may ask for; null means no limit. */
  copiesLimit: number | null
}

export type ContentFacts = {
  id: string
  state: 'wanted' | 'held'
  dagSize: number | null
  confirmed: number
  /** The largest of its pins' wishes. */
  wishes: Replication
  /** Of a wanted content; when its next try is, is not read. */
  fetch: FetchTold | null
}
