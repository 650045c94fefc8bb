import { randomUUIDv7 } from 'node:crypto'
import { z } from 'zod'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { giveBack } from '@packages/content/car/commit-roots'
import { importCar } from '@packages/content/car/import-car'
import type { Database } from '@packages/db/open-database'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '@packages/db/tables'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { limitedBytes } from '../../upload-body/limited-bytes.ts'
import { contentTypeOf } from '../../values/content-type.ts'
import type { StoreContentDeps } from '../../content/store-content.ts'
import { insertPin } from '@packages/db/pins/insert-pin'
import { PrivateFilesImport } from './import-private-files.ts'
import { EXPORT_FORMAT, EXPORT_VERSION } from './export-archive.ts'
import { type ArchivedPin, badArchive, parseJson, readArchivedPins, readText } from './import-rows.ts'
import { readTar } from './tar-archive.ts'

export type ImportArchiveDeps = StoreContentDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<
    BlockStore,
    'beginUpload' | 'adoptRoot' | 'release' | 'settle' | 'holds' | 'measure' | 'reader' | 'hasRoot'
  >
}

export type ImportedArchive = { pins: number; files: number; contents: number; present: number }

const headSchema = z.object({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(EXPORT_VERSION),
  kind: z.literal('organization'),
})

type Waiting = { cid: string; pins: ArchivedPin[] }

/**
 * Takes the contents of an exported organization into the caller's: CIDs, names, content types and metadata as they were, under new ids and times. What
 * the organization has already under the same name is passed over, so that an import which broke off may be sent again.
 * @throws HoldfastError `invalid_request`, `invalid_car`, `incomplete_dag`, `content_denied`, `quota_exceeded`, `payload_too_large`
 */
export const importArchive = async (
  deps: ImportArchiveDeps,
  actor: Actor,
  organizationId: string,
  { bytes, signal, maxBytes }: { bytes: AsyncIterable<Uint8Array>; signal: AbortSignal; maxBytes: number },
): Promise<ImportedArchive> => {
  authorize(actor, 'organization:import', { organizationId })
  const run = new ImportRun(deps, actor, { signal, maxBytes })
  try {
    for await (const entry of readTar(bytes)) await run.take(entry.name, entry.bytes)
  } catch (error) {
    throw error instanceof HoldfastError ? error : badArchive('the tar cannot be read', error)
  }
  const imported = await run.end()
  await deps.db.unitOfWork.run(async (uow) => {
    const subject = organizationId
    uow.record({ kind: 'organization.imported', organizationId, actorId: actor.userId, subject, payload: imported })
  })
  return imported
}

class ImportRun {
  readonly #deps: ImportArchiveDeps
  readonly #actor: Actor
  readonly #options: { signal: AbortSignal; maxBytes: number }
  readonly #done: ImportedArchive = { pins: 0, files: 0, contents: 0, present: 0 }
  #isBegun = false
  #isWhole = false
  readonly #private: PrivateFilesImport
  /** Rows whose CAR comes next, if there is one. */
  #waiting: Waiting | undefined

  constructor(deps: ImportArchiveDeps, actor: Actor, options: { signal: AbortSignal; maxBytes: number }) {
    this.#deps = deps
    this.#actor = actor
    this.#options = options
    this.#private = new PrivateFilesImport(deps, actor, options)
  }

  async take(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    if (!this.#isBegun) {
      if (name !== 'export.json' || !headSchema.safeParse(parseJson(name, await readText(name, bytes))).success)
        throw badArchive('it does not begin with export.json of this format')
      this.#isBegun = true
      return
    }
    if (name === 'end.json') this.#isWhole = true
    const [, id, part] = /^private\/([0-9a-f-]{36})\.(jsonl|car)$/.exec(name) ?? []
    if (id !== undefined) return this.#takePrivate({ name, id, extension: part, bytes })
    const [, cid, extension] = /^contents\/([a-z0-9]{1,300})\.(jsonl|car)$/.exec(name) ?? []
    if (cid === undefined) return
    this.#deps.denied.refuse(parseCid(cid))
    if (extension === 'jsonl') {
      await this.#withoutCar()
      this.#waiting = { cid, pins: await readArchivedPins(name, bytes) }
      return
    }
    const { pins } = this.#waiting?.cid === cid ? this.#waiting : { pins: undefined }
    if (pins === undefined) throw badArchive(`${name} comes without what it is called`)
    this.#waiting = undefined
    await this.#withCar(cid, await this.#missing(cid, pins), bytes)
  }

  async #takePrivate(entry: Parameters<PrivateFilesImport['take']>[0]): Promise<void> {
    await this.#withoutCar()
    const became = await this.#private.take(entry)
    if (became === 'present') this.#done.present++
    if (became !== 'imported') return
    this.#done.contents++
    this.#done.files++
    this.#done.pins++
  }

  async end(): Promise<ImportedArchive> {
    await this.#withoutCar()
    this.#private.end()
    if (!this.#isWhole) throw badArchive('it ends too early; what it had is imported, send it again when it is whole')
    return this.#done
  }

  async #withCar(cid: string, pins: ArchivedPin[], bytes: AsyncIterable<Uint8Array>): Promise<void> {
    if (pins.length === 0) return
    const { store } = this.#deps
    const { signal, maxBytes } = this.#options
    const limited = limitedBytes(bytes, maxBytes)
    const imported = await importCar(limited, { store, newContentId: randomUUIDv7, incomplete: 'refuse', signal })
    if (imported.state !== 'whole') throw badArchive(`${cid} is not whole`)
    let isUsed = false
    try {
      const [root] = imported.roots
      if (root === undefined || imported.roots.length > 1 || canonicalCid(root.cid) !== cid)
        throw badArchive(`the CAR of ${cid} has other roots`)
      this.#done.contents++
      for (const pin of pins) {
        checkSame(cid, pin.pin.cid)
        // The first file takes the root that was made; all others get their own.
        if (pin.file === null) await this.#addPin(cid, pin)
        else {
          await this.#addFile(cid, pin, isUsed ? undefined : root)
          isUsed = true
        }
      }
    } finally {
      for (const { contentId } of imported.roots)
        if (isUsed) store.settle(contentId)
        else await giveBack(store, contentId)
    }
  }

  /** Pins of what was not held are asked for again. */
  async #withoutCar(): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) return
    for (const pin of await this.#missing(waiting.cid, waiting.pins)) {
      checkSame(waiting.cid, pin.pin.cid)
      await this.#addPin(waiting.cid, pin)
    }
  }

  async #addFile(
    canonical: string,
    { pin, file }: ArchivedPin,
    root: { contentId: string; dagSize: number; blocks: number } | undefined,
  ): Promise<void> {
    if (file === null) return
    const { store, committer, nodeId } = this.#deps
    const own = root ?? (await this.#adopt(canonical))
    if (own === undefined) throw new HoldfastError('incomplete_dag')
    try {
      await committer.commit({
        organizationId: this.#actor.organizationId,
        userId: this.#actor.userId,
        contentId: own.contentId,
        realm: 'public',
        cid: pin.cid,
        canonicalCid: canonical,
        dagSize: own.dagSize,
        blocks: own.blocks,
        nodeId,
        file: {
          id: randomUUIDv7(),
          name: file.original_name,
          contentType: contentTypeOf(file.content_type, file.original_name),
          size: file.size,
          metadata: file.metadata,
          kind: file.kind,
        },
        pin: { id: randomUUIDv7(), name: pin.name, meta: pin.meta },
      })
      this.#done.files++
      this.#done.pins++
    } catch (error) {
      if (error instanceof HoldfastError && root === undefined) await giveBack(store, own.contentId)
      throw error
    } finally {
      if (root === undefined) store.settle(own.contentId)
    }
  }

  async #addPin(canonical: string, { pin }: ArchivedPin): Promise<void> {
    const { db, store, nodeId } = this.#deps
    const adopted = await this.#adopt(canonical)
    try {
      await db.unitOfWork.run((uow) =>
        insertPin(uow, {
          organizationId: this.#actor.organizationId,
          userId: this.#actor.userId,
          realm: 'public',
          cid: pin.cid,
          canonical,
          name: pin.name,
          meta: pin.meta,
          nodeId,
          adopted,
        }),
      )
      this.#done.pins++
    } catch (error) {
      if (error instanceof HoldfastError && adopted !== undefined) await giveBack(store, adopted.contentId)
      throw error
    } finally {
      if (adopted !== undefined) store.settle(adopted.contentId)
    }
  }

  async #adopt(canonical: string): Promise<{ contentId: string; dagSize: number; blocks: number } | undefined> {
    const { store } = this.#deps
    const cid = parseCid(canonical)
    const contentId = randomUUIDv7()
    if (!(await store.adoptRoot({ realm: 'public', contentId, cid }))) return undefined
    const size = await store.measure({ realm: 'public', cid })
    if (size !== undefined) return { contentId, dagSize: size.bytes, blocks: size.blocks }
    await giveBack(store, contentId)
    return undefined
  }

  /** Those that the organization does not have yet. */
  async #missing(canonical: string, pins: ArchivedPin[]): Promise<ArchivedPin[]> {
    const present = await presentNames(this.#deps.db.kysely, this.#actor.organizationId, canonical)
    const missing = pins.filter(({ pin, file }) => {
      const at = present.findIndex((one) => one.pin === pin.name && one.file === (file?.original_name ?? null))
      if (at !== -1) present.splice(at, 1)
      return at === -1
    })
    this.#done.present += pins.length - missing.length
    return missing
  }
}

const checkSame = (canonical: string, given: string): void => {
  if (canonicalCid(parseCid(given)) !== canonical) throw badArchive(`${given} stands under ${canonical}`)
}

const presentNames = async (
  kysely: Kysely<Tables>,
  organizationId: string,
  canonical: string,
): Promise<{ pin: string | null; file: string | null }[]> => {
  const { rows } = await sql<{ pin: string | null; file: string | null }>`
    select p.name as pin, f.original_name as file
    from pins p join contents c on c.id = p.content_id left join files f on f.pin_id = p.id
    where p.organization_id = ${organizationId} and c.realm = 'public' and c.cid = ${canonical}
  `.execute(kysely)
  return rows
}
