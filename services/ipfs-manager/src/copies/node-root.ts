import type { BlockStore } from '@packages/content/block-store/block-store'
import { exportCar } from '@packages/content/car/export-car'
import { exportNodeCar, nodeRootOf } from '@packages/content/private/node-tree'
import type { Database } from '@packages/db/open-database'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { sql } from 'kysely'
import type { CID } from 'multiformats/cid'
import type { PinNetwork, RootSource } from '../pin-backend.ts'

type Readable = { store: Pick<BlockStore, 'reader'> }
/** `cid`: as the own store has it; of a private content its list. */
type OwnRoot = { cid: string; realm: PinNetwork }

/** The CAR of what the own store holds, as nodes take it: of a private content its ciphertexts under a root that they can walk. */
export const carForNodes = ({ store }: Readable, { cid, realm }: OwnRoot): RootSource & { kind: 'car' } => {
  const reader = store.reader(realm)
  const root = parseCid(cid)
  return {
    kind: 'car',
    open: (signal) =>
      realm === 'private' ? exportNodeCar(reader, root, { signal }) : exportCar(reader, root, { signal }),
  }
}

/** What nodes pin of a private content that the own store holds. */
export const nodeCidOfList = async ({ store }: Readable, list: string, signal?: AbortSignal): Promise<CID> =>
  nodeRootOf(store.reader('private'), parseCid(list), signal === undefined ? {} : { signal })

/** The same for a content that was taken in before there were nodes for it; written down, so that it is found there by it. */
export const nameOnNodes = async (
  deps: Readable & { db: Pick<Database, 'kysely'> },
  { contentId, cid: list }: { contentId: string; cid: string },
  signal: AbortSignal,
): Promise<CID> => {
  const cid = await nodeCidOfList(deps, list, signal)
  await sql`
    update contents set node_cid = ${canonicalCid(cid)} where id = ${contentId} and realm = 'private' and node_cid is null
  `.execute(deps.db.kysely)
  return cid
}
