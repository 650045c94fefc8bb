import { randomUUIDv7 } from 'node:crypto'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { giveBack } from '@packages/content/car/commit-roots'
import { importCar as takeCar, type ImportedCar } from '@packages/content/car/import-car'
import type { Database } from '@packages/db/open-database'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { DeniedContent } from '../../content/denied-content.ts'
import type { Actor } from '../../authorization/actor.ts'
import type { Idempotency, IdempotencyClaim } from '../../plugins/idempotency/idempotency.ts'
import { limitedBytes } from '../../upload-body/limited-bytes.ts'
import { checkName } from '../../values/file-name.ts'
import type { CarBody } from './car-body.ts'
import { type CommitFilesDeps, commitFiles } from './commit-files.ts'
import { dropKeptImport, recordKeptImport } from './record-kept-import.ts'
import type { ImportedCarBody, IncompleteCarBody } from './presenter.ts'
import { findKeptImport, type KeptImportRow } from './repository.ts'
import type { ImportCarQuery } from './schemas.ts'

export type ImportCarDeps = CommitFilesDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'beginUpload' | 'adoptRoot' | 'release' | 'settle' | 'holds' | 'measure' | 'reader'>
  idempotency: Pick<Idempotency, 'fingerprint'>
  denied: Pick<DeniedContent, 'refuse'>
}

export type ImportCarRequest = {
  body: CarBody
  query: ImportCarQuery
  signal: AbortSignal
  /** Of the request's Idempotency-Key, when it has one. */
  claim: IdempotencyClaim | undefined
  maxBytes: number
}

export type ImportCarReply =
  | { status: 201; body: ImportedCarBody; replayed: boolean }
  | { status: 202; body: IncompleteCarBody; replayed: boolean }

/**
 * Takes a CAR in: a file and a pin for each of its roots, once all their blocks are durable and the rows are committed; or, when blocks are missing and the
 * caller wants that, an import that is kept. The caller has been authorized and the upload admitted.
 */
export const importCar = async (
  deps: ImportCarDeps,
  actor: Actor,
  request: ImportCarRequest,
): Promise<ImportCarReply> => {
  const { body, query, signal, claim, maxBytes } = request
  const given = query.name === undefined ? undefined : checkName(query.name, 'name')
  const root = query.root === undefined ? undefined : parseCid(query.root)
  const earlier = query.continues === undefined ? undefined : await earlierImport(deps, actor, query.continues)
  const imported = await takeCar(limitedBytes(body.bytes, maxBytes), {
    store: deps.store,
    newContentId: randomUUIDv7,
    incomplete: query.incomplete,
    signal,
    ...(root === undefined ? {} : { root }),
    ...(earlier === undefined
      ? {}
      : { continues: { list: parseCid(earlier.list), roots: earlier.roots.map(parseCid) } }),
  })
  const name = given ?? body.name() ?? earlier?.name ?? null
  try {
    const roots = imported.report.survey.roots.map(({ cid }) => cid.toString())
    const print = deps.idempotency.fingerprint([roots, name, query])
    const replay = claim?.replay(print)
    if (replay !== undefined) {
      await undo(deps, imported)
      return { ...replay, replayed: true } as ImportCarReply
    }
    await refuseDenied(deps, imported)
    const reply = claim === undefined ? undefined : { claim, fingerprint: print }
    const facts = { actor, name, reply, groupId: query.group ?? null, earlierId: earlier?.id }
    if (imported.state === 'incomplete')
      return { status: 202, body: await recordKeptImport(deps, imported, facts), replayed: false }
    const files = await commitFiles(deps, imported, facts)
    if (earlier !== undefined) await dropKeptImport(deps, actor, earlier.id)
    return { status: 201, body: files, replayed: false }
  } finally {
    for (const contentId of contentIdsOf(imported)) deps.store.settle(contentId)
  }
}

const earlierImport = async (deps: ImportCarDeps, { organizationId }: Actor, id: string): Promise<KeptImportRow> => {
  const found = await findKeptImport(deps.db.kysely, organizationId, id)
  if (found === undefined) throw new HoldfastError('not_found', { detail: 'There is no such import to continue.' })
  return found
}

/** @throws HoldfastError `content_denied` when any root is; nothing of the CAR is kept then */
const refuseDenied = async (deps: ImportCarDeps, imported: ImportedCar): Promise<void> => {
  try {
    for (const { cid } of imported.report.survey.roots) deps.denied.refuse(cid)
  } catch (error) {
    await undo(deps, imported)
    throw error
  }
}

const contentIdsOf = (imported: ImportedCar): string[] =>
  imported.state === 'whole' ? imported.roots.map(({ contentId }) => contentId) : [imported.kept.contentId]

const undo = async ({ store }: ImportCarDeps, imported: ImportedCar): Promise<void> => {
  for (const contentId of contentIdsOf(imported)) await giveBack(store, contentId)
}
