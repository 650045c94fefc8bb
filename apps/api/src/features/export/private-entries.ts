import { whyUnreadable } from '@packages/content/dag/why-unreadable'
import { type ExportedPrivateFile, exportPrivateFiles } from '@packages/db/export/export-private-files'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { openPrivateRoot, type OpenPrivateRootDeps } from '../../private/open-private-root.ts'
import { openFileRows } from '../../private/private-rows.ts'
import type { TenantSealDeps } from '../../private/tenant-seal.ts'
import { carEntry, isHeld } from './car-entry.ts'
import type { MissingCars } from './missing-cars.ts'
import { type ArchiveEntry, textEntry } from './tar-archive.ts'

export type PrivateEntriesDeps = OpenPrivateRootDeps & TenantSealDeps

/**
 * What a private file is called, and its CAR: decrypted while it is read, so that it is of use without us (ADR 0122). One that cannot be read is said to be missing, and
 * has neither: a name without its CAR is no file of an archive.
 */
export async function* privateEntries(
  deps: PrivateEntriesDeps,
  organizationId: string,
  { missing, signal }: { missing: MissingCars; signal: AbortSignal },
): AsyncGenerator<ArchiveEntry> {
  for await (const sealed of exportPrivateFiles(deps.db.kysely, organizationId, signal)) {
    const [file] = await openFileRows(deps, organizationId, [sealed])
    if (file === undefined) continue
    const { id, cid, original_name, content_type, size, metadata, kind } = file
    const name = `private/${id}.car`
    const car = await carUnlessGone(deps, organizationId, { name, sealed, signal })
    if (car === undefined) continue
    if ('why' in car) {
      if (await isHeld(deps.db.kysely, sealed.contentId))
        missing.add({ car: name, why: car.why, cid, names: [original_name] })
      yield* missing.pages('now')
      continue
    }
    const row = { pin: { cid, name: null, meta: {} }, file: { original_name, content_type, size, metadata, kind } }
    yield textEntry(`private/${id}.jsonl`, `${JSON.stringify(row)}\n`)
    yield car.entry
  }
}

/** Undefined when it was deleted since its row was read. */
const carUnlessGone = async (
  deps: PrivateEntriesDeps,
  organizationId: string,
  { name, sealed, signal }: { name: string; sealed: ExportedPrivateFile; signal: AbortSignal },
) => {
  const { contentId, list } = sealed
  try {
    const blocks = await openPrivateRoot(deps, { organizationId, contentId, list }, { signal })
    return await carEntry(name, { blocks, root: blocks.root }, signal)
  } catch (error) {
    const why = whyUnreadable(error)
    if (why !== undefined) return { why }
    if (error instanceof HoldfastError && error.code === 'not_found') return undefined
    throw error
  }
}
