import type { FarBlocks } from '@packages/content/block-sources/read-through'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { type ExportedContent, exportContents } from '@packages/db/export/export-contents'
import { type ExportOwner, exportRows } from '@packages/db/export/export-rows'
import type { Database } from '@packages/db/open-database'
import { parseCid } from '@packages/shared/cid'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { contentBlocks } from '../../content/content-blocks.ts'
import { carEntry, isHeld } from './car-entry.ts'
import { MissingCars } from './missing-cars.ts'
import { openExportedRows } from './open-exported-rows.ts'
import { type PrivateEntriesDeps, privateEntries } from './private-entries.ts'
import { type ArchiveEntry, tarOf, textEntry } from './tar-archive.ts'

export type ExportArchiveDeps = Omit<PrivateEntriesDeps, 'store'> & {
  db: Pick<Database, 'kysely'>
  /** Undefined in an API without a content store. */
  store: Pick<BlockStore, 'reader'> | undefined
  /** What nodes have and the own store does not. */
  far?: FarBlocks | null | undefined
}

export const EXPORT_FORMAT = 'holdfast-export'
export const EXPORT_VERSION = 1

/** Everything that is stored about the caller, as a tar. */
export const exportAccount = (
  deps: ExportArchiveDeps,
  actor: Actor,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> => {
  authorize(actor, 'account:export')
  return archiveOf(deps, { kind: 'user', id: actor.userId }, signal)
}

/** Everything of an organization, as a tar; its owner only. @throws HoldfastError `not_found`, `forbidden` */
export const exportOrganization = (
  deps: ExportArchiveDeps,
  actor: Actor,
  organizationId: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> => {
  authorize(actor, 'organization:export', { organizationId })
  return archiveOf(deps, { kind: 'organization', id: organizationId }, signal)
}

const archiveOf = (deps: ExportArchiveDeps, owner: ExportOwner, signal: AbortSignal): AsyncGenerator<Uint8Array> => {
  const now = new Date()
  return tarOf(entriesOf(deps, owner, { now, signal }), now)
}

/** What it says of itself, rows by table, then each content and each private file: what it is called, and its CAR. What cannot be read is said, and the rest goes on. The last file says that nothing was cut off. */
async function* entriesOf(
  deps: ExportArchiveDeps,
  owner: ExportOwner,
  { now, signal }: { now: Date; signal: AbortSignal },
): AsyncGenerator<ArchiveEntry> {
  const about = {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    kind: owner.kind,
    id: owner.id,
    at: now.toISOString(),
  }
  yield textEntry('export.json', `${JSON.stringify(about)}\n`)
  const rows: Record<string, number> = {}
  const pages: Record<string, number> = {}
  for await (const page of exportRows(deps.db.kysely, owner, signal)) {
    const { table } = page
    rows[table] = (rows[table] ?? 0) + page.rows.length
    pages[table] = (pages[table] ?? 0) + 1
    const name = `tables/${table}-${String(pages[table]).padStart(6, '0')}.jsonl`
    const shown = owner.kind === 'organization' ? await openExportedRows(deps, owner.id, page) : page.rows
    yield textEntry(name, shown.map((row) => `${JSON.stringify(row)}\n`).join(''))
  }
  const counts = { contents: 0, cars: 0, privateFiles: 0 }
  const missing = new MissingCars()
  if (owner.kind === 'organization') {
    for await (const content of exportContents(deps.db.kysely, owner.id, signal)) {
      counts.contents++
      yield textEntry(`contents/${content.cid}.jsonl`, content.pins.map((pin) => `${JSON.stringify(pin)}\n`).join(''))
      const car = await contentEntry(deps, content, signal)
      if (car === undefined) continue
      if ('entry' in car) {
        counts.cars++
        yield car.entry
      } else if (await isHeld(deps.db.kysely, content.id))
        missing.add({ car: carName(content), why: car.why, cid: content.cid, names: namesOf(content) })
      yield* missing.pages('now')
    }
    const { store } = deps
    if (store !== undefined)
      for await (const entry of privateEntries({ ...deps, store }, owner.id, { missing, signal })) {
        if (entry.name.endsWith('.car')) counts.privateFiles++
        yield entry
      }
    yield* missing.pages('end')
  }
  const end = { rows, ...counts, missing: missing.count, whole: missing.count === 0 }
  yield textEntry('end.json', `${JSON.stringify(end)}\n`)
}

/** Undefined for what is pinned and not held. */
const contentEntry = async ({ db, store, far }: ExportArchiveDeps, content: ExportedContent, signal: AbortSignal) => {
  const { realm, cid, held } = content
  if (!held || store === undefined) return undefined
  const root = parseCid(cid)
  const blocks = realm === 'public' ? contentBlocks({ db, store, far }, root) : store.reader(realm)
  return carEntry(carName(content), { blocks, root }, signal)
}

const carName = ({ cid }: ExportedContent): string => `contents/${cid}.car`

const NAMES = 10
/** Some, to know it by: all stand in the rows. */
const namesOf = ({ pins }: ExportedContent): string[] =>
  pins.flatMap(({ pin, file }) => file?.original_name ?? pin.name ?? []).slice(0, NAMES)
