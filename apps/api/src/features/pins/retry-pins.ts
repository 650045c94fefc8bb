import type { Database } from '@packages/db/open-database'
import { retryFetches } from '@packages/db/pins/retry-fetches'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { type Hash, parseHash } from '../../values/hash-param.ts'
import { contentsToRetry, hasPins } from './repository.ts'
import type { RetryFilters } from './schemas.ts'

export type RetryPinsDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'> }

/** Contents of one transaction. */
const BATCH = 500

/**
 * Has the content of these pins fetched now, and from the beginning where it was given up: the pins of a CID, or the one of a requestid.
 * @returns how many pins wait for it; none when all are pinned
 * @throws HoldfastError `not_found`
 */
export const retryPins = async (
  deps: RetryPinsDeps,
  actor: Actor | null,
  text: string,
): Promise<{ retried: number }> => {
  authorize(actor, 'pins:write', {})
  const hash = parseHash(text)
  const retried = await retry(deps, actor, { hash })
  if (retried === 0 && !(await hasPins(deps.db.kysely, actor.organizationId, hash)))
    throw new HoldfastError('not_found')
  return { retried }
}

/** The same for all pins that have failed, of a CID or a name where one is given. */
export const retryFailedPins = async (
  deps: RetryPinsDeps,
  actor: Actor | null,
  { cid, name }: RetryFilters,
): Promise<{ retried: number }> => {
  authorize(actor, 'pins:write', {})
  const hash = cid === undefined ? {} : { hash: { kind: 'cid', canonical: canonicalCid(parseCid(cid)) } as const }
  return { retried: await retry(deps, actor, { ...hash, ...(name === undefined ? {} : { name }), status: 'failed' }) }
}

const retry = async (
  { db }: RetryPinsDeps,
  { organizationId }: Actor,
  filters: { hash?: Hash; name?: string; status?: 'failed' },
): Promise<number> => {
  let retried = 0
  for (let after: string | undefined; ; ) {
    const contents = await contentsToRetry(db.kysely, organizationId, { ...filters, after, limit: BATCH })
    if (contents.length === 0) return retried
    const contentIds = contents.map(({ id }) => id)
    await db.unitOfWork.run((uow) => retryFetches(uow, organizationId, contentIds))
    retried += contents.reduce((sum, { pins }) => sum + pins, 0)
    after = contentIds.at(-1)
  }
}
