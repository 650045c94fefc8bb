import type { JobPayload } from '@packages/shared/jobs'
import { sql, type Transaction } from 'kysely'
import { JOBS_SCHEMA } from '../jobs.ts'
import type { Tables } from '../tables.ts'
import type { Erasure } from './erasure-row.ts'
import { mentionPattern } from './purges.ts'

/** Opens the payload of `send-mail`; null for a mail to nobody, or one that cannot be opened any more. */
export type OpenMail = (payload: JobPayload<'send-mail'>) => { to: string; content: unknown } | null

/**
 * Jobs that wait, or that are kept for a while after they were done: mail to the erased address or about it, and whatever names the erased
 * by id or address. Content that has to be given back is not among them: those jobs name contents alone.
 */
export const eraseJobs = async (tx: Transaction<Tables>, erasure: Erasure, openMail: OpenMail): Promise<number> => {
  const { id, userId, email, organizationIds } = erasure
  const job = sql.table(`${JOBS_SCHEMA}.job`)
  const mails = await sql<{ id: string; data: JobPayload<'send-mail'> }>`
    select id::text as id, data from ${job} where name = 'send-mail'
  `.execute(tx)
  const ids = [...organizationIds, ...(userId === null ? [] : [userId])]
  const about = mails.rows
    .filter(({ data }) => email !== null && isAbout(openMail(data), email))
    .map(({ id: of }) => of)
  const { numAffectedRows } = await sql`
    delete from ${job} where id::text = any(${about}::text[])
      or exists (select from unnest(${ids}::text[]) as x (id) where position(x.id in data::text) > 0)
      or data::text ~* ${email === null ? '$a' : mentionPattern(email)}
      or (name = 'erase' and state = 'completed' and data ->> 'erasureId' = ${id})
  `.execute(tx)
  return Number(numAffectedRows ?? 0)
}

const isAbout = (mail: { to: string; content: unknown } | null, email: string): boolean =>
  mail !== null && JSON.stringify(mail).toLowerCase().includes(email)
