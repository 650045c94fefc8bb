import { type NamedSource, SourceChain } from '@packages/content/block-sources/chain'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { giveBack } from '@packages/content/car/commit-roots'
import { walkDag } from '@packages/content/dag/walk-dag'
import { copyList } from '@packages/content/private/copy-list'
import { fromNodes } from '@packages/content/private/node-tree'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { parseCid } from '@packages/shared/cid'
import { sql } from 'kysely'
import { confirmReplica } from '../confirm-replica.ts'
import type { PinBackend, PinNetwork } from '../pin-backend.ts'
import type { RootLocks } from '../root-locks.ts'

export type HomeCopiesDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  backend: Pick<PinBackend, 'blocks'>
  store: Pick<BlockStore, 'reader' | 'beginUpload' | 'release' | 'settle'>
  /** The own store's row in `nodes`. */
  nodeId: string
  locks: RootLocks
  /** Whether the own store has room for so many bytes; what it has none for is read from the nodes. */
  hasRoom?: (bytes: number) => Promise<boolean>
  logger: MinimalLogger
}

type Away = { contentId: string; cid: string; realm: PinNetwork; bytes: number; holders: string[] }

const BATCH = 50
const AGAIN_MS = 60_000

/**
 * Brings content that only nodes have (a CID that they fetched, or what the own store has lost) home, as long as there is room: the own store is read first.
 * Every block is hashed. What fails is tried again after a minute. What the own store has let go stays away.
 */
export class HomeCopies {
  readonly #deps: HomeCopiesDeps
  readonly #failed = new Map<string, number>()

  constructor(deps: HomeCopiesDeps) {
    this.#deps = deps
  }

  /** @returns how many it found */
  async turn(signal: AbortSignal): Promise<number> {
    const now = performance.now()
    for (const [id, at] of this.#failed) if (now - at > AGAIN_MS) this.#failed.delete(id)
    const found = await this.#away()
    for (const away of found) {
      if (signal.aborted) break
      try {
        if (this.#deps.hasRoom !== undefined && !(await this.#deps.hasRoom(away.bytes))) {
          this.#failed.set(away.contentId, now)
          continue
        }
        await this.#bringHome(away, signal)
      } catch (error) {
        if (signal.aborted) break
        this.#failed.set(away.contentId, now)
        this.#deps.logger.warn({ err: error, contentId: away.contentId }, 'content of a node could not be brought home')
      }
    }
    return found.length
  }

  async #away(): Promise<Away[]> {
    const { db, nodeId } = this.#deps
    const { rows } = await sql<Away>`
      select r.content_id as "contentId", min(c.cid) as cid, min(c.realm) as realm, coalesce(min(c.dag_size), 0) as bytes, array_agg(r.node_id::text) as holders
      from replicas r join contents c on c.id = r.content_id
      where c.state = 'held' and c.let_go_at is null and r.status = 'pinned' and r.node_id <> ${nodeId}
        and r.content_id <> all(${[...this.#failed.keys()]}::uuid[])
        and not exists (
          select from replicas o where o.content_id = c.id and o.node_id = ${nodeId} and o.status in ('pinned', 'releasing'))
      group by r.content_id limit ${BATCH}
    `.execute(db.kysely)
    return rows
  }

  async #bringHome(away: Away, signal: AbortSignal): Promise<void> {
    const { db, store, nodeId, locks } = this.#deps
    const { contentId } = away
    await locks.run(nodeId, parseCid(away.cid), async () => {
      try {
        const sizes = await this.#copy(away, signal)
        const copy = { contentId, nodeId, isForeign: false, ...sizes }
        const { result } = await db.unitOfWork.run((uow) => confirmReplica(uow, copy))
        // It was released meanwhile, and its tombstone may have been worked off already.
        if (result === 'gone') await giveBack(store, contentId)
      } finally {
        store.settle(contentId)
      }
    })
  }

  async #copy(
    { contentId, cid: text, realm, holders }: Away,
    signal: AbortSignal,
  ): Promise<{ dagSize: number; blocks: number }> {
    const { store, backend } = this.#deps
    const root = parseCid(text)
    const reader = store.reader(realm)
    const own: NamedSource = { name: 'store', get: (cid, options) => reader.get(cid, options) }
    const far = backend.blocks(realm, holders)
    if (realm === 'private') {
      const blocks = new SourceChain([own, { name: far.name, get: (cid, options) => fromNodes(far).get(cid, options) }])
      return copyList(blocks, { store, contentId, list: root, signal })
    }
    const source = new SourceChain([own, far])
    const upload = store.beginUpload({ realm: 'public', contentId, signal })
    try {
      for await (const { cid, bytes } of walkDag(source, root, { signal })) await upload.put(cid, bytes)
      return await upload.commit(root)
    } finally {
      await upload.abort()
    }
  }
}
