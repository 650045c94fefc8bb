import type { Database } from '@packages/db/open-database'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { z } from 'zod'
import type { DeniedContent } from '../../content/denied-content.ts'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { decodeCursor, encodeCursor } from '../../values/cursor.ts'
import { checkNetwork, type CheckNetworkDeps } from './check-network.ts'
import { openPinRows } from '../../private/private-rows.ts'
import { readSealedToo, type TenantSeal, type TenantSealDeps } from '../../private/tenant-seal.ts'
import { requireGroup } from '../../pinning/find-group.ts'
import { parseHash } from '../../values/hash-param.ts'
import { type PinFields, presentPin, presentPinWithNodes } from './presenter.ts'
import { listPinRows, listPinRowsWithNodes, type PinFilters, type PinPage } from './repository.ts'
import type { PinHashQuery, PinListQuery, pinListSchema, pinStatusListSchema } from './schemas.ts'

export type ListPinsDeps = TenantSealDeps &
  CheckNetworkDeps & { db: Pick<Database, 'kysely'>; denied: Pick<DeniedContent, 'told'> }

type Paging = { limit: number; cursor?: string | undefined }

/** A page of the organization's pins, the newest first. @throws HoldfastError `invalid_cursor`, `invalid_cid`, `not_found` for the group */
export const listPins = async (
  deps: ListPinsDeps,
  actor: Actor | null,
  { cid, limit, cursor, ...rest }: PinListQuery,
): Promise<z.infer<typeof pinListSchema>> => {
  authorize(actor, 'pins:read', {})
  const hash = cid === undefined ? {} : { hash: { kind: 'cid' as const, canonical: canonicalCid(parseCid(cid)) } }
  if (rest.group !== undefined) await requireGroup(deps.db.kysely, actor.organizationId, rest.group)
  const { rows, nextCursor } = await page(listPinRows, deps, actor, { limit, cursor }, { ...rest, ...hash })
  return { pins: rows.map((row) => ({ ...presentPin(row), ...deps.denied.told(row) })), nextCursor }
}

/** The organization's pins of a CID, or the one with this requestid, with what every node says. @throws `not_found` */
export const getPinStatus = async (
  deps: ListPinsDeps,
  actor: Actor | null,
  hash: string,
  { check, ...paging }: PinHashQuery,
): Promise<z.infer<typeof pinStatusListSchema>> => {
  authorize(actor, 'pins:read', {})
  const { rows, nextCursor } = await page(listPinRowsWithNodes, deps, actor, paging, { hash: parseHash(hash) })
  if (rows.length === 0 && paging.cursor === undefined) throw new HoldfastError('not_found')
  const pins = rows.map((row) => ({ ...presentPinWithNodes(row), ...deps.denied.told(row) }))
  if (check === undefined) return { pins, nextCursor }
  const checks = await checkNetwork(
    deps,
    rows.map(({ id }) => id),
  )
  return { pins: pins.map((pin) => ({ ...pin, network: checks.get(pin.requestid) ?? null })), nextCursor }
}

/** Reads one row more than asked for: whether there is another page is then known without counting. */
const page = async <R extends PinFields & { has_tenant_key: boolean }>(
  read: (kysely: Database['kysely'], page: PinPage, filters: PinFilters) => Promise<R[]>,
  deps: ListPinsDeps,
  { organizationId }: Actor,
  { limit, cursor }: Paging,
  filters: PinFilters,
): Promise<{ rows: R[]; nextCursor: string | null }> => {
  const before = cursor === undefined ? {} : { before: decodeCursor(cursor, filters) }
  const hash = filters.hash?.kind === 'cid' ? filters.hash : undefined
  const asked = { organizationId, limit: limit + 1, ...before }
  const readWith = (seal?: TenantSeal): Promise<R[]> => {
    const hidden = hash === undefined || seal === undefined ? {} : { cidHash: seal.cidHash(hash.canonical) }
    return read(deps.db.kysely, { ...asked, ...hidden }, filters)
  }
  const found = await (hash === undefined ? readWith() : readSealedToo(deps, organizationId, readWith))
  const rows = await openPinRows(deps, organizationId, found.slice(0, limit))
  const last = rows.at(-1)
  return { rows, nextCursor: found.length > limit && last !== undefined ? encodeCursor(last.id, filters) : null }
}
