import type { Tables } from '@packages/db/tables'
import { canonicalCid } from '@packages/shared/cid'
import { type Kysely, sql } from 'kysely'
import type { CID } from 'multiformats/cid'

/** Whether the organization has a pin on this public root; each file hangs on a pin. */
export const holdsContent = async (kysely: Kysely<Tables>, organizationId: string, root: CID): Promise<boolean> => {
  const row = await kysely
    .selectFrom('contents')
    .innerJoin('pins', 'pins.content_id', 'contents.id')
    .select(sql`1`.as('held'))
    .where('contents.realm', '=', 'public')
    .where('contents.cid', '=', canonicalCid(root))
    .where('contents.state', '<>', 'released')
    .where('pins.organization_id', '=', organizationId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
