import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { isForeignKeyViolation } from '@packages/db/postgres-errors'
import type { Row } from '@packages/db/tables'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'

/** What organizations that nobody of the platform made are on; it cannot be deleted while people make some. */
export const TRIAL_PLAN = 'trial'

export type NewOrganization = {
  name: string
  ownerId: string
  /** What the table says by itself when not told. */
  plan?: typeof TRIAL_PLAN
}

/** `ada-lovelace-3f9c2a`: readable, and unique without asking. */
const slugOf = (name: string): string => {
  const readable = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40)
  return `${readable || 'org'}-${randomBytes(3).toString('hex')}`
}

/**
 * An organization with its owner and nothing used yet, in the caller's unit of work.
 * @throws HoldfastError `not_configured` when there is no trial plan
 */
export const insertOrganization = async (
  uow: UnitOfWorkContext,
  { name, ownerId, plan }: NewOrganization,
): Promise<Row<'organizations'>> => {
  const id = randomUUIDv7()
  const row = await uow.tx
    .insertInto('organizations')
    .values({ id, name, slug: slugOf(name), ...(plan === undefined ? {} : { plan }) })
    .returningAll()
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      if (!isForeignKeyViolation(error)) throw error
      throw new HoldfastError('not_configured', { detail: `There is no plan ${TRIAL_PLAN}.`, cause: error })
    })
  await uow.tx
    .insertInto('members')
    .values({ id: randomUUIDv7(), organization_id: id, user_id: ownerId, role: 'owner' })
    .execute()
  await uow.tx.insertInto('usage').values({ organization_id: id }).execute()
  return row
}
