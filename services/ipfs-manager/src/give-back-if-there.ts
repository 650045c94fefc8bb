import type { Database } from '@packages/db/open-database'
import { noteReleased } from './garbage/collect-garbage.ts'
import { giveBackCopy } from './give-back.ts'
import type { PinBackend, WantedRoot } from './pin-backend.ts'
import { liveTwin } from './replication/live-twin.ts'
import type { RootLocks } from './root-locks.ts'

type GiveBackDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'>; backend: PinBackend; locks: RootLocks }
type Brought = { root: WantedRoot; realm: string; nodeId: string; bytes: number }

const ANSWER_MS = 5_000

/**
 * What a fetch that was called off has brought to a node all the same. Nobody waits for it any more: it goes as every content does. Or it has come by itself: then
 * it is a copy that stands in its row, or one that no row tells of, which goes at once.
 * @param brought `bytes` of it that are garbage then
 */
export const giveBackIfThere = async (deps: GiveBackDeps, { root, realm, nodeId, bytes }: Brought): Promise<void> => {
  const { db, backend } = deps
  const { contentId, cid } = root
  await deps.locks.run(nodeId, cid, async () => {
    const { state } = (await db.kysely
      .selectFrom('contents')
      .select('state')
      .where('id', '=', contentId)
      .executeTakeFirst()) ?? { state: 'released' }
    // Somebody waits for it again, and will find it there.
    if (state === 'wanted') return
    const keep = await liveTwin(deps, { nodeId, cid: cid.toString(), realm })
    if (keep === contentId) return
    const signal = AbortSignal.timeout(ANSWER_MS)
    const [word] = await backend.replicas(nodeId, [root], signal)
    if (word?.state !== 'pinned' || word.isForeign) return
    if (state === 'released') return giveBackCopy(deps, { ...root, realm, nodeId })
    await backend.release(nodeId, root, { keep, signal })
    if (backend.kind === 'kubo') await noteReleased(nodeId, bytes).execute(db.kysely)
  })
}
