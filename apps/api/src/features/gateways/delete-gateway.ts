import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { type ChangeGatewayDeps, changeInForce } from './put-in-force.ts'

/** Ends a gateway and all of its tokens; its name is free again. @returns whether it is so in every worker @throws HoldfastError `not_found` */
export const deleteGateway = async (deps: ChangeGatewayDeps, actor: Actor | null, id: string): Promise<boolean> => {
  authorize(actor, 'gateways:write', {})
  const { followed } = await changeInForce(deps, actor, id, async ({ tx }) => {
    await tx.deleteFrom('gateways').where('id', '=', id).execute()
    return { kind: 'gateway.deleted', payload: {}, result: undefined }
  })
  return followed
}
