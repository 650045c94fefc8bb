import { lockGroup } from '@packages/db/groups/lock-group'
import { sql } from 'kysely'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { replicationColumns } from '../organizations/replication-columns.ts'
import { type ChangeGroupDeps, takenName } from './create-group.ts'
import { presentGroup, type PresentedGroup } from './presenter.ts'
import { groupId } from './repository.ts'
import type { GroupChange } from './schemas.ts'

/** Before the first pin: all of them are to be given what holds now. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * Gives a group another name, or another policy, which its pins are given afterwards (`settleGroups`).
 * @throws HoldfastError `not_found`, `already_exists`, `quota_exceeded` for more copies than the plan allows
 */
export const changeGroup = async (
  { db }: ChangeGroupDeps,
  actor: Actor | null,
  id: string,
  { name, replication }: GroupChange,
): Promise<PresentedGroup> => {
  authorize(actor, 'groups:write', {})
  const { organizationId, userId: actorId } = actor
  const { result } = await db.unitOfWork
    .run(async ({ tx, record }) => {
      await lockGroup(tx, { organizationId, id: groupId(id), lock: 'update' })
      const policy =
        replication === undefined
          ? {}
          : { ...(await replicationColumns(tx, organizationId, replication)), settle_after: FIRST_ID }
      const row = await tx
        .updateTable('groups')
        .set({ ...(name === undefined ? {} : { name }), ...policy, updated_at: sql`now()` })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow()
      record({ kind: 'group.changed', organizationId, actorId, subject: id, payload: { name, replication } })
      return row
    })
    .catch(takenName)
  return presentGroup(result)
}

/** Deletes a group for all who ask; its pins and files stay, and are let loose afterwards (`settleGroups`). @throws HoldfastError `not_found` */
export const deleteGroup = async ({ db }: ChangeGroupDeps, actor: Actor | null, id: string): Promise<void> => {
  authorize(actor, 'groups:write', {})
  const { organizationId, userId: actorId } = actor
  await db.unitOfWork.run(async ({ tx, record }) => {
    const { name } = await lockGroup(tx, { organizationId, id: groupId(id), lock: 'update' })
    await tx
      .updateTable('groups')
      .set({ deleted_at: sql`now()`, settle_after: FIRST_ID, updated_at: sql`now()` })
      .where('id', '=', id)
      .execute()
    record({ kind: 'group.deleted', organizationId, actorId, subject: id, payload: { name } })
  })
}
