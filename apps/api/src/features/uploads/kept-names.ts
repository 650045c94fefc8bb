import { findTenantSeal, isSealed, obtainTenantSeal, type TenantSealDeps } from '../../private/tenant-seal.ts'
import type { FolderRow } from './folder-repository.ts'
import type { UploadRow } from './repository.ts'
import type { KeptMetadata, UploadMetadata } from './upload-metadata.ts'

type Names = Pick<UploadMetadata, 'header' | 'name' | 'contentType' | 'metadata' | 'folder' | 'path'>

const NO_NAMES: Names = { header: null, name: null, contentType: null, metadata: {}, folder: null, path: null }

const ofUpload = (row: string) => ({ column: 'uploads.metadata', row }) as const

/** `hidden`: it will be a private file. */
export const keepMetadata = async (
  deps: TenantSealDeps,
  { id, organizationId, hidden }: { id: string; organizationId: string; hidden: boolean },
  given: UploadMetadata,
): Promise<KeptMetadata> => {
  if (!hidden) return given
  const { header, name, contentType, metadata, folder, path } = given
  const names: Names = { header, name, contentType, metadata, folder, path }
  const seal = await obtainTenantSeal(deps, organizationId)
  return { ...given, ...NO_NAMES, sealed: seal.seal(ofUpload(id), JSON.stringify(names)) }
}

/** @throws UnsealError */
export const readMetadata = async (
  deps: TenantSealDeps,
  { id, organization_id: organizationId, metadata }: Pick<UploadRow, 'id' | 'organization_id' | 'metadata'>,
): Promise<UploadMetadata> => {
  const { sealed, ...rest } = metadata
  if (sealed === undefined) return rest
  const names: Names = JSON.parse((await sealOf(deps, organizationId)).open(ofUpload(id), sealed))
  return { ...rest, ...names }
}

type FolderNames = { name: string; metadata: Record<string, unknown> }

const folderName = (row: string) => ({ column: 'upload_folders.name', row }) as const
const folderMetadata = (row: string) => ({ column: 'upload_folders.metadata', row }) as const

/** The same for a folder. */
export const keepFolderNames = async (
  deps: TenantSealDeps,
  { id, organizationId, hidden }: { id: string; organizationId: string; hidden: boolean },
  { name, metadata }: FolderNames,
): Promise<FolderNames> => {
  if (!hidden) return { name, metadata }
  const seal = await obtainTenantSeal(deps, organizationId)
  return {
    name: seal.seal(folderName(id), name),
    metadata: { sealed: seal.seal(folderMetadata(id), JSON.stringify(metadata)) },
  }
}

/** @throws UnsealError */
export const readFolderNames = async (deps: TenantSealDeps, folder: FolderRow): Promise<FolderNames> => {
  const { id, visibility, name, metadata } = folder
  if (visibility === 'public' || !isSealed(name)) return { name, metadata }
  const seal = await sealOf(deps, folder.organization_id)
  return {
    name: seal.open(folderName(id), name),
    metadata: JSON.parse(seal.open(folderMetadata(id), String(metadata.sealed))),
  }
}

const sealOf = async (deps: TenantSealDeps, organizationId: string) => {
  const seal = await findTenantSeal(deps, organizationId)
  if (seal === undefined) throw new Error('a tenant has private uploads and no key')
  return seal
}
