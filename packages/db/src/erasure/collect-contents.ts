import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { type Erasure, setStep } from './erasure-row.ts'

/**
 * Notes which contents are concerned, while the rows still tell: those that are pinned, and those that were unpinned before, as far as the
 * events know. Runs before anything is deleted.
 */
export const collectContents = async (db: Kysely<Tables>, { id, organizationIds }: Erasure): Promise<void> => {
  await db.transaction().execute(async (tx) => {
    await sql`
      insert into erasure_contents (erasure_id, content_id)
      select ${id}::uuid, content_id from (
        select content_id from pins where organization_id = any(${organizationIds}::uuid[])
        union
        select id from incomplete_imports where organization_id = any(${organizationIds}::uuid[])
        union
        select c.id from events e join contents c on c.cid = e.payload ->> 'cid'
        where e.organization_id = any(${organizationIds}::uuid[]) and c.state = 'released'
      ) x on conflict do nothing
    `.execute(tx)
    await setStep(tx, id, 'contents')
  })
}
