import type { EventKind } from '@packages/shared/events'
import type { Transaction } from 'kysely'
import { lockSubject } from '../lock-subject.ts'
import { lockGateway, readOpenGateways } from '../open-gateways.ts'
import type { Row, Tables } from '../tables.ts'
import type { Committed, UnitOfWork, UnitOfWorkContext } from '../unit-of-work.ts'
import { judgeLook, readLook, type Standing } from './judge-look.ts'

/** A look at the DNS of a row's domain: when it began, and what stood there; null: no server has told. */
type DomainLook = { id: string; domain: string; at: Date; found: readonly string[] | null }

type DomainRow = Row<'gateway_domains'> & { name: string; organization_id: string }

/** A row is looked at by itself for so long: a record needs its time to be seen, and one that went may come back. */
export const WATCH_MS = 24 * 60 * 60_000

export const standingOf = (row: Row<'gateway_domains'>): Standing => ({
  verifiedAt: row.verified_at,
  missedAt: row.missed_at,
  failingSince: row.failing_since,
  problem: row.problem,
})

/** Waits here while another look at the same domain, or a change of a gateway that it is about, is settled. */
const lockRows = async (tx: Transaction<Tables>, { id, domain }: DomainLook): Promise<DomainRow[]> => {
  const read = (): Promise<DomainRow[]> =>
    tx
      .selectFrom('gateway_domains')
      .innerJoin('gateways', 'gateways.id', 'gateway_domains.gateway_id')
      .selectAll('gateway_domains')
      .select(['gateways.name', 'gateways.organization_id'])
      .where('domain', '=', domain)
      .where((of) => of.or([of('gateway_domains.id', '=', id), of('verified_at', 'is not', null)]))
      .execute()
  await lockSubject(tx, `domain ${domain}`)
  const gateways = new Map((await read()).map(({ name, organization_id }) => [name, organization_id]))
  for (const [name, organizationId] of [...gateways].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    await lockGateway(tx, { name, organizationId })
  return read()
}

/** Writes how a row stands now, and tells workers and the organization when that changes who serves the domain. */
const write = async (uow: UnitOfWorkContext, row: DomainRow, at: Date, next: Standing, actorId: string | null) => {
  const isLost = row.verified_at !== null && next.verifiedAt === null
  const isNew = row.verified_at === null && next.verifiedAt !== null
  await uow.tx
    .updateTable('gateway_domains')
    .set({
      verified_at: next.verifiedAt,
      missed_at: next.missedAt,
      failing_since: next.failingSince,
      problem: next.problem,
      looked_at: at,
      ...(isLost ? { watched_until: new Date(at.getTime() + WATCH_MS) } : {}),
      // It was claimed as one that waits, whose next look is too late for one that is served.
      ...(isNew ? { due_at: at } : {}),
    })
    .where('id', '=', row.id)
    .execute()
  if (isLost) await tell(uow, row, 'gateway.domain-lost', actorId)
  else if (isNew) await tell(uow, row, 'gateway.domain-verified', actorId)
}

/** What nobody of this organization has asked for has no request behind it either: it may be another organization's. */
const tell = async (uow: UnitOfWorkContext, row: DomainRow, kind: EventKind, actorId: string | null) => {
  const { id: domainId, gateway_id: id, domain, name, organization_id: organizationId } = row
  const [now] = await readOpenGateways(uow.tx, { id })
  uow.policy({ kind: 'gateway.changed', name, gateway: now?.[1] ?? null })
  const event = { kind, organizationId, actorId, subject: id, payload: { name, domainId, domain } }
  uow.record(event, actorId === null ? { trail: null } : {})
}

/**
 * Puts what a look has told in force. Who has the proof in DNS serves the domain; of two who have, the one that does already. One that has not
 * any more gives way to one that has at once.
 */
export const settleLook = (
  unitOfWork: Pick<UnitOfWork, 'run'>,
  look: DomainLook,
  actorId: string | null = null,
): Promise<Committed<void>> =>
  unitOfWork.run(async (uow) => {
    const { id, at, found } = look
    const rows = await lockRows(uow.tx, look)
    const row = rows.find((one) => one.id === id)
    // Removed meanwhile; or an earlier look than the one by which it stands as it does.
    if (row === undefined || (row.looked_at !== null && row.looked_at >= at)) return
    const seen = readLook(row.proof, found)
    const rival = rows.find((one) => one.id !== id && one.verified_at !== null)
    if (seen !== 'proven' || rival === undefined) {
      await write(uow, row, at, judgeLook(standingOf(row), seen, at), actorId)
      return
    }
    const holds = found?.includes(rival.proof) === true || (rival.verified_at !== null && rival.verified_at >= at)
    if (holds) {
      const held: Standing = { ...judgeLook(standingOf(row), seen, at), verifiedAt: null, problem: 'held' }
      await write(uow, row, at, held, actorId)
      return
    }
    const lost: Standing = { verifiedAt: null, missedAt: at, failingSince: null, problem: 'other-record' }
    await write(uow, rival, at, lost, null)
    await write(uow, row, at, judgeLook(standingOf(row), seen, at), actorId)
  })
