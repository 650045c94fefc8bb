import type { FileRow, PinRow } from '@packages/db/tables'
import { findTenantSeal, isSealed, type TenantSeal, type TenantSealDeps } from './tenant-seal.ts'

type FileNames = { cid: string; name: string; metadata: Record<string, unknown> }

/** What the row of a private file says in place of its CID, name and metadata. */
export const sealFileNames = (seal: TenantSeal, id: string, { cid, name, metadata }: FileNames): FileNames => ({
  cid: seal.seal({ column: 'files.cid', row: id }, cid),
  name: seal.seal({ column: 'files.original_name', row: id }, name),
  metadata: { sealed: seal.seal({ column: 'files.metadata', row: id }, JSON.stringify(metadata)) },
})

export const sealPinCid = (seal: TenantSeal, id: string, cid: string): string =>
  seal.seal({ column: 'pins.cid', row: id }, cid)

/** @throws UnsealError */
export const openFileName = (seal: TenantSeal, id: string, sealed: string): string =>
  seal.open({ column: 'files.original_name', row: id }, sealed)

type NamedFile = Pick<FileRow, 'id' | 'cid' | 'original_name' | 'metadata' | 'visibility'>

/** @throws UnsealError */
const openFileRow = <R extends NamedFile>(seal: TenantSeal, row: R): R => ({
  ...row,
  cid: seal.open({ column: 'files.cid', row: row.id }, row.cid),
  original_name: openFileName(seal, row.id, row.original_name),
  metadata: JSON.parse(seal.open({ column: 'files.metadata', row: row.id }, String(row.metadata.sealed))),
})

/** An organization's rows as it may see them. @throws UnsealError */
export const openFileRows = async <R extends NamedFile>(
  deps: TenantSealDeps,
  organizationId: string,
  rows: R[],
): Promise<R[]> => {
  if (rows.every(({ visibility }) => visibility === 'public')) return rows
  const seal = await findTenantSeal(deps, organizationId)
  if (seal === undefined) throw new Error('a tenant has private files and no key')
  return rows.map((row) => (row.visibility === 'public' ? row : openFileRow(seal, row)))
}

/** The same for pins. */
export const openPinRows = async <R extends Pick<PinRow, 'id' | 'cid'>>(
  deps: TenantSealDeps,
  organizationId: string,
  rows: R[],
): Promise<R[]> => {
  if (!rows.some(({ cid }) => isSealed(cid))) return rows
  const seal = await findTenantSeal(deps, organizationId)
  if (seal === undefined) throw new Error('a tenant has private pins and no key')
  return rows.map((row) =>
    isSealed(row.cid) ? { ...row, cid: seal.open({ column: 'pins.cid', row: row.id }, row.cid) } : row,
  )
}
