import { lockSubject } from '@packages/db/lock-subject'
import { waitForGateways } from '@packages/db/policy-log'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { PolicyEntry } from '@packages/shared/policy-log'
import { sql } from 'kysely'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { type ChangeTakedownDeps, FOLLOW_MS, type TakedownChanged } from './create-takedown.ts'
import { presentTakedown } from './presenter.ts'

/** Ends a takedown; its row stays. Operators only. @throws HoldfastError `not_found`, also for one that was lifted before */
export const liftTakedown = async (
  { db, takedowns }: ChangeTakedownDeps,
  actor: Actor | null,
  id: string,
): Promise<TakedownChanged> => {
  authorize(actor, 'takedowns:write')
  if (!isUuid(id)) throw new HoldfastError('not_found')
  const entries: PolicyEntry[] = []
  const { result, policyPosition } = await db.unitOfWork.run(async (uow) => {
    const named = await uow.tx.selectFrom('takedowns').select('multihash').where('id', '=', id).executeTakeFirst()
    if (named === undefined) throw new HoldfastError('not_found')
    await lockSubject(uow.tx, `takedown ${named.multihash}`)
    const row = await uow.tx
      .updateTable('takedowns')
      .set({ lifted_at: sql`now()`, lifted_by: actor.userId })
      .where('id', '=', id)
      .where('lifted_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    const entry: PolicyEntry = { kind: 'takedown.changed', key: row.multihash, takedown: null }
    uow.policy(entry)
    entries.splice(0, 1, entry)
    const payload = { cid: row.cid, caseNumber: row.case_number }
    uow.record({ kind: 'takedown.lifted', organizationId: null, actorId: actor.userId, subject: id, payload })
    return row
  })
  takedowns.hear(entries)
  const followed = policyPosition === undefined || (await waitForGateways(db.kysely, policyPosition, FOLLOW_MS))
  return { takedown: presentTakedown(result), followed }
}
