import type { Database } from '@packages/db/open-database'
import type { CID } from 'multiformats/cid'
import { sql } from 'kysely'
import { condemnRoots } from '@packages/db/condemn-roots'

/** A copy that came when nobody wanted it any more: a tombstone says so, and it goes as every other does. */
export const giveBackCopy = async (
  { db }: { db: Pick<Database, 'unitOfWork'> },
  { contentId, cid, realm, nodeId }: { contentId: string; cid: CID; realm: string; nodeId: string },
): Promise<void> => {
  await db.unitOfWork.run(async (uow) => {
    await sql`
      insert into replicas (content_id, node_id, status)
      select id, ${nodeId}, 'releasing' from contents where id = ${contentId}
      on conflict (content_id, node_id) do update set status = 'releasing', next_try_at = null
    `.execute(uow.tx)
    await condemnRoots(uow, [{ contentId, realm, cid: cid.toString() }], 'orphan')
  })
}
