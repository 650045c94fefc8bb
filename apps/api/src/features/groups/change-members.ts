import { moveMembers } from '@packages/db/groups/move-members'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import type { ChangeGroupDeps } from './create-group.ts'
import { groupId } from './repository.ts'
import type { Members } from './schemas.ts'

/**
 * Moves pins and files into a group, out of whichever they were in, or out of it.
 * @throws HoldfastError `not_found` for the group or one of them: nothing has moved then
 */
export const changeMembers = async (
  { db }: ChangeGroupDeps,
  actor: Actor | null,
  { id, way }: { id: string; way: 'in' | 'out' },
  { pins: pinIds, files: fileIds }: Members,
  recordReply: RecordReply,
): Promise<{ moved: number }> => {
  authorize(actor, 'groups:write', {})
  const { organizationId, userId: actorId } = actor
  const { result: moved } = await db.unitOfWork.run(async (uow) => {
    const count = await moveMembers(uow, { organizationId, actorId, groupId: groupId(id), way, pinIds, fileIds })
    const kind = way === 'in' ? 'group.members-added' : 'group.members-removed'
    if (count > 0) uow.record({ kind, organizationId, actorId, subject: id, payload: { count } })
    await recordReply(uow.tx, { status: 200, body: { moved: count }, subject: id })
    return count
  })
  return { moved }
}
