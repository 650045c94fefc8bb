import type { Database } from '@packages/db/open-database'
import { removePins } from '@packages/db/remove-pins'
import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Transaction } from 'kysely'
import type { Actor } from '../../../authorization/actor.ts'
import { type Hash, parseHash } from '../../../values/hash-param.ts'
import { pinsOfHashes } from '../repository.ts'
import { asRefusal } from './line-result.ts'

export type BulkUnpinDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'> }

export type BulkUnpinLine = { hash: string }
export type BulkUnpinned = { hash: string; deleted: number }

type Outcome = BulkUnpinned | HoldfastError
type Keep = ((tx: Transaction<Tables>, outcomes: Outcome[]) => Promise<void>) | undefined

/** Rows of one transaction; lines that name more take several. */
const BATCH = 1_000
/** Pins that the lines of one chunk may name in all. */
const MAX_PINS = 100_000

/** Deletes the pins that some lines name, by CID or requestid. What a file hangs on is refused, and so is what is not there. */
export const bulkUnpin = async (
  { db }: BulkUnpinDeps,
  actor: Actor,
  lines: readonly BulkUnpinLine[],
  keep: Keep,
): Promise<Outcome[]> => {
  const { organizationId, userId: actorId } = actor
  const named = lines.map(({ hash: text }) => ({ text, hash: parse(text) }))
  const hashes = named.flatMap(({ hash }) => (hash instanceof HoldfastError ? [] : [hash]))
  const found = await pinsOfHashes(db.kysely, organizationId, hashes, MAX_PINS)
  const [byId, byCid] = [Map.groupBy(found, ({ id }) => id), Map.groupBy(found, ({ canonical }) => canonical)]
  const gone = new Set<string>()
  const outcomes = named.map(({ text, hash }): Outcome => {
    if (hash instanceof HoldfastError) return hash
    const pins = (hash.kind === 'id' ? byId.get(hash.id) : byCid.get(hash.canonical))?.filter(({ id }) => !gone.has(id))
    if (pins === undefined || pins.length === 0) return new HoldfastError('not_found')
    if (pins.some(({ has_file: hasFile }) => hasFile))
      return new HoldfastError('conflict', {
        detail: 'A file hangs on this pin: delete the file, and its pin goes too.',
      })
    for (const { id } of pins) gone.add(id)
    return { hash: text, deleted: pins.length }
  })
  const pinIds = [...gone]
  for (let at = 0; at === 0 || at < pinIds.length; at += BATCH) {
    const isLast = at + BATCH >= pinIds.length
    const batch = pinIds.slice(at, at + BATCH)
    if (batch.length === 0 && keep === undefined) break
    await db.unitOfWork.run(async (uow) => {
      if (batch.length > 0) await removePins(uow, { organizationId, pinIds: batch, actorId, audited: false })
      if (isLast) await keep?.(uow.tx, outcomes)
    })
  }
  return outcomes
}

const parse = (text: string): Hash | HoldfastError => {
  try {
    return parseHash(text)
  } catch (error) {
    return asRefusal(error)
  }
}
