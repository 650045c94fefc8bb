import type { ExportedPage } from '@packages/db/export/export-rows'
import type { Row } from '@packages/db/tables'
import { openFileRows, openPinRows } from '../../private/private-rows.ts'
import type { TenantSealDeps } from '../../private/tenant-seal.ts'

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
  return rows
}
