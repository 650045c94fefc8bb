import type { UnitOfWorkContext } from '../unit-of-work.ts'

/**
 * Gives pins of an organization another end; null: none. What hangs on them goes with them then.
 * @returns how many pins there are of these ids
 */
export const changeExpiry = async (
  { tx, record }: UnitOfWorkContext,
  options: { organizationId: string; actorId: string | null; pinIds: readonly string[]; expiresAt: Date | null },
): Promise<number> => {
  const { organizationId, actorId, pinIds, expiresAt } = options
  const changed = await tx
    .updateTable('pins')
    .set({ expires_at: expiresAt })
    .where('id', 'in', pinIds)
    .where('organization_id', '=', organizationId)
    .returning('id')
    .execute()
  const payload = { expiresAt: expiresAt?.toISOString() ?? null }
  for (const { id: subject } of changed)
    record({ kind: 'pin.expiry-changed', organizationId, actorId, subject, payload })
  return changed.length
}
