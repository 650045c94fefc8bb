import { exportCar } from '@packages/content/car/export-car'
import { type ExportedPrivateFile, exportPrivateFiles } from '@packages/db/export/export-private-files'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { openPrivateRoot, type OpenPrivateRootDeps } from '../../private/open-private-root.ts'
import { openFileRows } from '../../private/private-rows.ts'
import type { TenantSealDeps } from '../../private/tenant-seal.ts'
import { type ArchiveEntry, textEntry } from './tar-archive.ts'

export type PrivateEntriesDeps = OpenPrivateRootDeps & TenantSealDeps

/** What a private file is called, and its CAR: decrypted while it is read, so that it is of use without us (ADR 0122). */
export async function* privateEntries(
  deps: PrivateEntriesDeps,
  organizationId: string,
  signal: AbortSignal,
): AsyncGenerator<ArchiveEntry> {
  for await (const sealed of exportPrivateFiles(deps.db.kysely, organizationId, signal)) {
    const blocks = await openUnlessGone(deps, organizationId, sealed, signal)
    if (blocks === undefined) continue
    const [file] = await openFileRows(deps, organizationId, [sealed])
    if (file === undefined) continue
    const { id, cid, original_name, content_type, size, metadata, kind } = file
    const row = { pin: { cid, name: null, meta: {} }, file: { original_name, content_type, size, metadata, kind } }
    yield textEntry(`private/${id}.jsonl`, `${JSON.stringify(row)}\n`)
    // As with public content: a tar says the size before the bytes.
    let length = 0
    for await (const piece of exportCar(blocks, blocks.root, { signal })) length += piece.length
    yield { name: `private/${id}.car`, size: length, bytes: exportCar(blocks, blocks.root, { signal }) }
  }
}

/** Undefined when it was deleted since its row was read. */
const openUnlessGone = async (
  deps: PrivateEntriesDeps,
  organizationId: string,
  { contentId, list }: ExportedPrivateFile,
  signal: AbortSignal,
) => {
  try {
    return await openPrivateRoot(deps, { organizationId, contentId, list }, { signal })
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'not_found') return undefined
    throw error
  }
}
