import { readOpenGateways } from './open-gateways.ts'
import type { UnitOfWorkContext } from './unit-of-work.ts'

/** All workers hear what the gateways of an organization are now: those of a suspended one answer no more. `forGood`: they end. */
export const tellGateways = async (
  { tx, policy }: UnitOfWorkContext,
  organizationId: string,
  { forGood = false } = {},
): Promise<void> => {
  for (const [name, gateway] of await readOpenGateways(tx, { organizationId }))
    policy({ kind: 'gateway.changed', name, gateway: forGood ? null : gateway })
}
