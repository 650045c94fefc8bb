import { randomUUIDv7 } from 'node:crypto'
import type { BlockSink, BlockSource } from '@packages/content/block-source'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { openPrivateContent, PRIVATE_REALM } from '@packages/content/private/open-private-content'
import { beginPrivateUpload } from '@packages/content/private/private-upload'
import type { CommittedIngest, IngestItem } from '@packages/db/ingest-committer'
import type { RootKeys } from '@packages/db/keys/root-keys'
import { canonicalCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { sealFileNames, sealPinCid } from './private-rows.ts'
import { obtainTenantSeal, type TenantSeal, type TenantSealDeps } from './tenant-seal.ts'
import type { Visibility } from './visibility.ts'

export type IntakeDeps = TenantSealDeps & {
  store: Pick<BlockStore, 'beginUpload' | 'release' | 'settle' | 'reader'>
  rootKeys: Pick<RootKeys, 'newRootKey'>
}

type Names = { name: string; metadata: Record<string, unknown> }
type Stored = Pick<IngestItem, 'canonicalCid' | 'dagSize' | 'blocks'>
/** Fields of an item that visibility decides. */
type ItemNames = Pick<IngestItem, 'realm' | 'cid' | 'sealed'> & { names: Names }

/** Where an upload's blocks go, and how its rows name it. */
export type Intake = {
  readonly contentId: string
  readonly sink: BlockSink
  commit(root: CID): Promise<Stored>
  /** What was committed, to be read back. */
  read(): Promise<BlockSource>
  name(ids: { fileId: string; pinId: string }, root: CID, names: Names): ItemNames
  /** Rows as their organization may see them, given as `name` made them. */
  show(committed: CommittedIngest, root: CID, names: Names): CommittedIngest
  abort(): Promise<void>
}

type Begin = { organizationId: string; signal: AbortSignal }

export const beginIntake = (deps: IntakeDeps, visibility: Visibility, begin: Begin): Promise<Intake> =>
  visibility === 'public' ? beginPublic(deps, begin) : beginPrivate(deps, begin)

const beginPublic = async ({ store }: IntakeDeps, { signal }: Begin): Promise<Intake> => {
  const contentId = randomUUIDv7()
  const upload = store.beginUpload({ realm: 'public', contentId, signal, trusted: true })
  return {
    contentId,
    sink: upload,
    read: async () => store.reader('public'),
    commit: async (root) => ({ canonicalCid: canonicalCid(root), ...(await upload.commit(root)) }),
    name: (_, root, names) => ({ realm: 'public', cid: root.toString(), names }),
    show: (committed) => committed,
    abort: () => upload.abort(),
  }
}

const beginPrivate = async (deps: IntakeDeps, { organizationId, signal }: Begin): Promise<Intake> => {
  const { db, store, rootKeys } = deps
  const contentId = randomUUIDv7()
  const { key: rootKey, row } = await rootKeys.newRootKey(db.kysely, organizationId, contentId)
  const seal = await obtainTenantSeal(deps, organizationId)
  let committed: CID | undefined
  const upload = beginPrivateUpload(store, { organizationId, contentId, rootKey, signal, trusted: true })
  return {
    contentId,
    sink: upload,
    read: () => {
      if (committed === undefined) throw new Error('nothing is committed yet')
      const owner = { organizationId, contentId, rootKey, list: committed }
      return openPrivateContent(store.reader(PRIVATE_REALM), owner, { signal })
    },
    commit: async (root) => {
      const { list, ...size } = await upload.commit(root)
      committed = list
      return { canonicalCid: canonicalCid(list), ...size }
    },
    name: (ids, root, names) => namePrivate(seal, ids, root, names, row),
    show: (committed, root, { name, metadata }) => ({
      ...committed,
      file: { ...committed.file, cid: root.toString(), original_name: name, metadata },
      pin: { ...committed.pin, cid: root.toString() },
    }),
    abort: () => upload.abort(),
  }
}

const namePrivate = (
  seal: TenantSeal,
  { fileId, pinId }: { fileId: string; pinId: string },
  root: CID,
  { name, metadata }: Names,
  rootKey: NonNullable<IngestItem['sealed']>['rootKey'],
): ItemNames => {
  const cid = root.toString()
  const { cid: sealedCid, ...names } = sealFileNames(seal, fileId, { cid, name, metadata })
  return {
    realm: 'private',
    cid: sealedCid,
    names,
    sealed: {
      pinCid: sealPinCid(seal, pinId, cid),
      cidHash: seal.cidHash(canonicalCid(root)),
      nameHash: seal.nameHash(name),
      rootKey,
    },
  }
}
