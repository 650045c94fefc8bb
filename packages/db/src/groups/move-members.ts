import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import { lockContentsOf } from '../pins/lock-contents-of.ts'
import { settlePolicies, tellPolicies } from '../pins/settle-policies.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import { lockGroup } from './lock-group.ts'

export type MoveMembers = {
  organizationId: string
  actorId: string | null
  groupId: string
  /** `in`: into the group, whichever they were in. `out`: of it; those of another group or of none stay as they are. */
  way: 'in' | 'out'
  /** Of pins, and of files, whose pins go along; a bounded number. */
  pinIds: readonly string[]
  fileIds: readonly string[]
}

/**
 * Moves pins and the files that hang on them into or out of a group, and gives them the policy that holds for them then. Locks the group, contents by id, pins.
 * @returns how many pins have moved
 * @throws HoldfastError `not_found` when the group or one of them is not there: nothing has moved then
 */
export const moveMembers = async (uow: UnitOfWorkContext, move: MoveMembers): Promise<number> => {
  const { tx } = uow
  const { organizationId, groupId, way } = move
  await lockGroup(tx, { organizationId, id: groupId, lock: 'share' })
  const pinIds = await findPins(uow, move)
  const contentIds = await lockContentsOf(tx, organizationId, pinIds)
  const [before, after] = way === 'in' ? [sql`is distinct from ${groupId}`, groupId] : [sql`= ${groupId}`, null]
  const { rows: moved } = await sql<{ id: string }>`
    with moved as (
      update pins set group_id = ${after} where id = any(${pinIds}::uuid[]) and group_id ${before} returning id
    ), files_moved as (
      update files set group_id = ${after} where pin_id in (select id from moved)
    )
    select id from moved order by id
  `.execute(tx)
  const ids = moved.map(({ id }) => id)
  const settled = await settlePolicies(uow, { organizationId, pinIds: ids, contentIds })
  tellPolicies(
    uow,
    move,
    settled.filter(({ isChanged }) => isChanged),
  )
  return ids.length
}

const findPins = async (
  { tx }: UnitOfWorkContext,
  { organizationId, pinIds, fileIds }: MoveMembers,
): Promise<string[]> => {
  const [pins, files] = [new Set(pinIds), new Set(fileIds)]
  const { rows } = await sql<{ kind: 'pin' | 'file'; id: string }>`
    select 'pin' as kind, id from pins where id = any(${[...pins]}::uuid[]) and organization_id = ${organizationId}
    union all
    select 'file', pin_id from files where id = any(${[...files]}::uuid[]) and organization_id = ${organizationId}
  `.execute(tx)
  if (rows.length < pins.size + files.size)
    throw new HoldfastError('not_found', { detail: 'One of the pins or files is not there; nothing was changed.' })
  return [...new Set(rows.map(({ id }) => id))]
}
