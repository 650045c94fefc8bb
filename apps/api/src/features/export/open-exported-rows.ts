import type { ExportedPage } from '@packages/db/export/export-rows'
import type { Row } from '@packages/db/tables'
import { openFileRows, openPinRows } from '../../private/private-rows.ts'
import type { TenantSealDeps } from '../../private/tenant-seal.ts'
import { readFolderNames, readMetadata } from '../uploads/kept-names.ts'

type UploadNames = Parameters<typeof readMetadata>[1]
type FolderNames = Parameters<typeof readFolderNames>[1]

/**
 * An organization's own rows, with what is sealed in them opened. In the export of a person they stay sealed: a name in private is the organization's,
 * and who was removed from it still has an account.
 */
export const openExportedRows = async (
  deps: TenantSealDeps,
  organizationId: string,
  { table, rows }: ExportedPage,
): Promise<Record<string, unknown>[]> => {
  if (table === 'files') return openFileRows(deps, organizationId, rows as Row<'files'>[])
  if (table === 'pins') return openPinRows(deps, organizationId, rows as Row<'pins'>[])
  if (table === 'uploads')
    return openEach(rows as UploadNames[], async (row) => ({ metadata: await readMetadata(deps, row) }))
  if (table === 'upload_folders') return openEach(rows as FolderNames[], (row) => readFolderNames(deps, row))
  return rows
}

/** The rows with what `open` opens in each. */
const openEach = async <R extends object>(rows: R[], open: (row: R) => Promise<object>): Promise<R[]> => {
  const opened: R[] = []
  for (const row of rows) opened.push({ ...row, ...(await open(row)) })
  return opened
}
