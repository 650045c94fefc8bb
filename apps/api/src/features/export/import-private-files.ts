import { takePrivateCar } from '@packages/content/private/take-private-car'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import type { Actor } from '../../authorization/actor.ts'
import { type StoreContentDeps, storeContent } from '../../content/store-content.ts'
import { openFileRows } from '../../private/private-rows.ts'
import { findTenantSeal } from '../../private/tenant-seal.ts'
import { limitedBytes } from '../../upload-body/limited-bytes.ts'
import { contentTypeOf } from '../../values/content-type.ts'
import { type ArchivedPin, badArchive, readArchivedPins } from './import-rows.ts'

type ArchivedFile = { cid: string; file: NonNullable<ArchivedPin['file']> }
type Entry = { name: string; id: string; extension: string | undefined; bytes: AsyncIterable<Uint8Array> }

const MAX_SAME_CID = 10_000

/** Private files of an export, each into a root with a key of its own. */
export class PrivateFilesImport {
  readonly #deps: StoreContentDeps
  readonly #actor: Actor
  readonly #options: { signal: AbortSignal; maxBytes: number }
  /** The file whose CAR comes next. */
  #waiting: (ArchivedFile & { id: string }) | undefined
  /** Names that the organization has of the CID that came last; those of one CID come one after the other. */
  #present: { canonical: string; names: string[] } | undefined

  constructor(deps: StoreContentDeps, actor: Actor, options: { signal: AbortSignal; maxBytes: number }) {
    this.#deps = deps
    this.#actor = actor
    this.#options = options
  }

  /** @returns what became of a file, once its CAR came; @throws HoldfastError */
  async take({ name, id, extension, bytes }: Entry): Promise<'imported' | 'present' | undefined> {
    if (extension === 'jsonl') {
      this.end()
      const [row, ...others] = await readArchivedPins(name, bytes)
      if (row === undefined || row.file === null || others.length > 0) throw badArchive(`${name} is not one file`)
      this.#waiting = { id, cid: row.pin.cid, file: row.file }
      return undefined
    }
    const waiting = this.#waiting
    if (waiting?.id !== id) throw badArchive(`${name} comes without what it is called`)
    this.#waiting = undefined
    if (await this.#isPresent(waiting)) return 'present'
    await this.#store(waiting, bytes)
    return 'imported'
  }

  /** Nothing may wait for a CAR any more. */
  end(): void {
    if (this.#waiting !== undefined) throw badArchive(`private/${this.#waiting.id}.jsonl comes without its CAR`)
  }

  async #store({ cid, file }: ArchivedFile, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const { signal, maxBytes } = this.#options
    const { original_name: name, content_type: type, metadata } = file
    await storeContent(this.#deps, this.#actor, {
      signal,
      visibility: 'private',
      make: async (sink) => {
        const car = await takePrivateCar(limitedBytes(bytes, maxBytes), { sink, signal })
        if (canonicalCid(car.root) !== canonicalCid(parseCid(cid)))
          throw badArchive(`the CAR of ${cid} has other roots`)
        return { ...car, size: 0 }
      },
      // Its size is not believed.
      describe: async (blocks, { describe, report }) => {
        const { kind, size } = await describe(blocks)
        return { kind, size: size ?? report.survey.added.bytes, contentType: contentTypeOf(type, name) }
      },
      file: { name, contentType: contentTypeOf(type, name), metadata },
    })
  }

  async #isPresent({ cid, file }: ArchivedFile): Promise<boolean> {
    const canonical = canonicalCid(parseCid(cid))
    if (this.#present?.canonical !== canonical)
      this.#present = { canonical, names: await this.#presentNames(canonical) }
    const at = this.#present.names.indexOf(file.original_name)
    if (at === -1) return false
    this.#present.names.splice(at, 1)
    return true
  }

  async #presentNames(canonical: string): Promise<string[]> {
    const { organizationId } = this.#actor
    const seal = await findTenantSeal(this.#deps, organizationId)
    if (seal === undefined) return []
    const rows = await this.#deps.db.kysely
      .selectFrom('files')
      .where('organization_id', '=', organizationId)
      .where('cid_hash', '=', seal.cidHash(canonical))
      .select(['id', 'cid', 'original_name', 'metadata', 'visibility'])
      .limit(MAX_SAME_CID)
      .execute()
    const opened = await openFileRows(this.#deps, organizationId, rows)
    return opened.map(({ original_name: name }) => name)
  }
}
