import type { Database } from '@packages/db/open-database'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { type Invitation, presentInvitation } from './invitation-schema.ts'

export type ListInvitationsDeps = { db: Pick<Database, 'kysely'> }

/** More cannot be open: an organization sends 200 a day, and each is good for 7. */
const MAX_OPEN = 1_500

/** The organization's invitations that were not answered, newest first. @throws HoldfastError `forbidden` */
export const listInvitations = async (deps: ListInvitationsDeps, actor: Actor): Promise<Invitation[]> => {
  const { organizationId } = actor
  authorize(actor, 'members:write', { organizationId })
  const rows = await deps.db.kysely
    .selectFrom('invitations')
    .where('organization_id', '=', organizationId)
    .where('status', '=', 'pending')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(MAX_OPEN)
    .execute()
  return rows.map(presentInvitation)
}
