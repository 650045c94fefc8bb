import { readOpenGateways } from './open-gateways.ts'
import type { UnitOfWorkContext } from './unit-of-work.ts'

/** All workers hear what the gateways of an organization are now: those of a suspended one, or one that is being erased, answer no more. */
export const tellGateways = async ({ tx, policy }: UnitOfWorkContext, organizationId: string): Promise<void> => {
  const open = new Map(await readOpenGateways(tx, { organizationId }))
  const rows = await tx.selectFrom('gateways').select('name').where('organization_id', '=', organizationId).execute()
  for (const { name } of rows) policy({ kind: 'gateway.changed', name, gateway: open.get(name) ?? null })
}
