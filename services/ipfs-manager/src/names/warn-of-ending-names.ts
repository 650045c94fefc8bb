import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { sealMail } from '@packages/runtime/sealed-mail'
import { sql } from 'kysely'

export type WarnOfEndingNamesDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  masterKey: MasterKey
  /** Where the dashboard is; null where no mail is sent, and then the event alone tells it. */
  mail: { publicUrl: string } | null
  logger: MinimalLogger
  now?: () => number
}

/** A name whose record is about to end. */
type Ending = {
  name: string
  label: string | null
  organization_id: string | null
  valid_until: Date
  days: number
}

const BATCH = 200

/**
 * Tells the owners of organizations 30, 7 and 1 days before a record of theirs ends, and the operators of names that no organization has. A threshold that lies before the record came says nothing: a
 * record of two days is warned of one day ahead.
 * @returns how many names were warned of
 */
export const warnOfEndingNames = async (deps: WarnOfEndingNamesDeps, signal?: AbortSignal): Promise<number> => {
  const { db, logger, now = Date.now } = deps
  let warned = 0
  for (;;) {
    if (signal?.aborted === true) return warned
    const at = new Date(now())
    const { rows } = await sql<Ending>`
      select n.name, k.label, k.organization_id, n.valid_until, min(t.days)::int as days
      from ipns_names n
      cross join (values (30), (7), (1)) as t (days)
      left join ipns_keys k on k.id = n.key_id
      where n.valid_until > ${at}::timestamptz and n.valid_until <= ${at}::timestamptz + t.days * interval '1 day'
        and n.valid_until - t.days * interval '1 day' > n.updated_at
        and t.days < coalesce(n.warned_days, 31)
      group by n.name, k.label, k.organization_id, n.valid_until
      order by n.valid_until limit ${BATCH}
    `.execute(db.kysely)
    for (const ending of rows) if (await warn(deps, ending)) warned++
    if (rows.length < BATCH) break
  }
  if (warned > 0) logger.info({ names: warned }, 'IPNS records are about to end')
  return warned
}

/** Of several processes one warns; nobody is warned of a record that was replaced meanwhile. */
const warn = async ({ db, masterKey, mail }: WarnOfEndingNamesDeps, ending: Ending): Promise<boolean> => {
  const { name, label, organization_id: organizationId, days } = ending
  const validUntil = ending.valid_until.toISOString()
  const { result } = await db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .updateTable('ipns_names')
      .set({ warned_days: days })
      .where('name', '=', name)
      .where('valid_until', '=', ending.valid_until)
      .where((of) => of.or([of('warned_days', 'is', null), of('warned_days', '>', days)]))
      .returning('name')
      .executeTakeFirst()
    if (row === undefined) return false
    uow.record({ kind: 'ipns.ending', organizationId, actorId: null, subject: name, payload: { validUntil, days } })
    if (mail === null) return true
    const content = { template: 'ipns-ending' as const, link: mail.publicUrl, name, label, days, validUntil }
    for (const to of await readersOf(uow.tx, organizationId))
      uow.send('send-mail', sealMail(masterKey, { to, content }))
    return true
  })
  return result
}

/** Owners of the organization; operators where there is none. */
const readersOf = async (tx: UnitOfWorkContext['tx'], organizationId: string | null): Promise<string[]> => {
  const users = tx.selectFrom('users').select('email').orderBy('users.id')
  const rows =
    organizationId === null
      ? await users.where('platform_role', '=', 'operator').execute()
      : await users
          .innerJoin('members', 'members.user_id', 'users.id')
          .where('members.organization_id', '=', organizationId)
          .where('members.role', '=', 'owner')
          .execute()
  return rows.map(({ email }) => email)
}
