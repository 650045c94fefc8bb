import { randomUUIDv7 } from 'node:crypto'
import { makeGatewayToken } from '@packages/db/gateway-token'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { type ChangeGatewayDeps, type Changed, changeInForce } from './put-in-force.ts'
import type { createdTokenSchema } from './schemas.ts'

/** All of them go through the policy log with each change. */
export const MAX_TOKENS = 50

/** Makes a token of a gateway; it is shown this once. @throws HoldfastError `not_found`, `quota_exceeded`, `rate_limited` */
export const createToken = async (
  deps: ChangeGatewayDeps,
  actor: Actor | null,
  gatewayId: string,
  { name }: { name: string },
  recordReply: RecordReply,
): Promise<Changed<z.infer<typeof createdTokenSchema>>> => {
  authorize(actor, 'gateways:write', {})
  await deps.changes.take(actor.organizationId)
  return changeInForce(deps, actor, gatewayId, async ({ tx }) => {
    const { count } = await tx
      .selectFrom('gateway_tokens')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('gateway_id', '=', gatewayId)
      .executeTakeFirstOrThrow()
    if (count >= MAX_TOKENS)
      throw new HoldfastError('quota_exceeded', { detail: `A gateway has ${MAX_TOKENS} tokens at most.` })
    const { token, tokenHash } = makeGatewayToken()
    const id = randomUUIDv7()
    const { created_at } = await tx
      .insertInto('gateway_tokens')
      .values({ id, gateway_id: gatewayId, name, token_hash: tokenHash })
      .returning('created_at')
      .executeTakeFirstOrThrow()
    const result = { id, name, token, createdAt: created_at.toISOString() }
    await recordReply(tx, { status: 201, body: null, subject: id })
    return { kind: 'gateway.token-created', payload: { tokenId: id }, result }
  })
}

/** Ends a token, and what is being sent by it. @returns whether it is so in every worker @throws HoldfastError `not_found` */
export const revokeToken = async (
  deps: ChangeGatewayDeps,
  actor: Actor | null,
  { id: gatewayId, tokenId }: { id: string; tokenId: string },
): Promise<boolean> => {
  authorize(actor, 'gateways:write', {})
  if (!isUuid(tokenId)) throw new HoldfastError('not_found')
  const { followed } = await changeInForce(deps, actor, gatewayId, async ({ tx }) => {
    const gone = await tx
      .deleteFrom('gateway_tokens')
      .where('id', '=', tokenId)
      .where('gateway_id', '=', gatewayId)
      .returning('id')
      .executeTakeFirst()
    if (gone === undefined) throw new HoldfastError('not_found')
    return { kind: 'gateway.token-revoked', payload: { tokenId }, result: undefined }
  })
  return followed
}
