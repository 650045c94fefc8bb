import type { BlockSource } from '@packages/content/block-source'
import { parseCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { contentBlocks } from '../../content/content-blocks.ts'
import { openPrivateRoot, type OpenPrivateRootDeps } from '../../private/open-private-root.ts'
import { openFileRows } from '../../private/private-rows.ts'
import { findTenantSeal, type TenantSealDeps } from '../../private/tenant-seal.ts'
import type { Hash } from '../../values/hash-param.ts'
import { findHeldRoot, findPrivateRoot } from './repository.ts'

export type FindReadableRootDeps = OpenPrivateRootDeps & TenantSealDeps

export type ReadableRoot = { root: CID; name: string | null; blocks: BlockSource }

/** A root that the organization holds, in public or else in private, with what reads it. */
export const findReadableRoot = async (
  deps: FindReadableRootDeps,
  organizationId: string,
  hash: Hash,
  signal: AbortSignal,
): Promise<ReadableRoot | undefined> => {
  const held = await findHeldRoot(deps.db.kysely, organizationId, hash)
  if (held !== undefined) {
    const root = parseCid(held.cid)
    return { root, name: held.name, blocks: contentBlocks(deps, root) }
  }
  const by = hash.kind === 'id' ? hash : await hashOf(deps, organizationId, hash.canonical)
  const found = by === undefined ? undefined : await findPrivateRoot(deps.db.kysely, organizationId, by)
  if (found === undefined) return undefined
  const [file] = await openFileRows(deps, organizationId, [found])
  const blocks = await openPrivateRoot(deps, { organizationId, ...found }, { signal })
  return { root: blocks.root, name: file?.original_name ?? null, blocks }
}

const hashOf = async (
  deps: TenantSealDeps,
  organizationId: string,
  canonical: string,
): Promise<{ cidHash: Buffer } | undefined> => {
  const seal = await findTenantSeal(deps, organizationId)
  return seal === undefined ? undefined : { cidHash: seal.cidHash(canonical) }
}
