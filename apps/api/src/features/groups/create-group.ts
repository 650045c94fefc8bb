import { randomUUIDv7 } from 'node:crypto'
import { lockSubject } from '@packages/db/lock-subject'
import type { Database } from '@packages/db/open-database'
import { isUniqueViolation } from '@packages/db/postgres-errors'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { replicationColumns } from '../organizations/replication-columns.ts'
import { presentGroup, type PresentedGroup } from './presenter.ts'
import type { NewGroup } from './schemas.ts'

export type ChangeGroupDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'> }

export const MAX_GROUPS = 1_000

/** @throws HoldfastError `already_exists` for a name that another group of the organization has, `quota_exceeded` */
export const createGroup = async (
  { db }: ChangeGroupDeps,
  actor: Actor | null,
  { name, replication }: NewGroup,
  recordReply: RecordReply,
): Promise<PresentedGroup> => {
  authorize(actor, 'groups:write', {})
  const { organizationId, userId } = actor
  const id = randomUUIDv7()
  const { result } = await db.unitOfWork
    .run(async (uow) => {
      await lockSubject(uow.tx, `groups of ${organizationId}`)
      // Those that are being let loose count: their rows are there.
      const { count } = await uow.tx
        .selectFrom('groups')
        .select((of) => of.fn.countAll<number>().as('count'))
        .where('organization_id', '=', organizationId)
        .executeTakeFirstOrThrow()
      if (count >= MAX_GROUPS)
        throw new HoldfastError('quota_exceeded', { detail: `An organization has ${MAX_GROUPS} groups at most.` })
      const policy = await replicationColumns(uow.tx, organizationId, replication)
      const row = await uow.tx
        .insertInto('groups')
        .values({ id, organization_id: organizationId, name, ...policy })
        .returningAll()
        .executeTakeFirstOrThrow()
      uow.record({
        kind: 'group.created',
        organizationId,
        actorId: userId,
        subject: id,
        payload: { name, replication },
      })
      await recordReply(uow.tx, { status: 201, body: presentGroup(row), subject: id })
      return row
    })
    .catch(takenName)
  return presentGroup(result)
}

/** @throws HoldfastError `already_exists`, or what it is given */
export const takenName = (error: unknown): never => {
  if (isUniqueViolation(error, 'groups_name'))
    throw new HoldfastError('already_exists', { detail: 'A group has this name.' })
  throw error
}
