import type { Database } from '@packages/db/open-database'
import { z } from 'zod'
import type { Actor } from '../../../authorization/actor.ts'
import { requireSession } from '../require-session.ts'
import { admitUserCode, noSuchCode, pendingByUserCode, type UserCodeDeps } from './find-by-user-code.ts'

export const deviceLoginSchema = z
  .object({
    clientName: z.string().meta({ description: 'What the program calls itself. Anybody can write anything here.' }),
    ipAddress: z.string().meta({ description: 'Where it asked from.' }),
    sameAddress: z.boolean().meta({ description: 'Whether this request comes from there too.' }),
    userAgent: z.string().nullable(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'DeviceLogin', description: 'A program that waits to act for whoever approves it.' })

export type ReadDeviceLoginDeps = UserCodeDeps & { db: Pick<Database, 'kysely'> }

/** Who asks with this code, for the person to decide. @throws HoldfastError `forbidden`, `not_found`, `rate_limited` */
export const readDeviceLogin = async (
  deps: ReadDeviceLoginDeps,
  actor: Actor,
  { userCode, ipAddress }: { userCode: string; ipAddress: string },
): Promise<z.infer<typeof deviceLoginSchema>> => {
  const { userId } = requireSession(actor)
  const userCodeHash = await admitUserCode(deps, { userCode, userId, ipAddress })
  const row = await pendingByUserCode(deps.db.kysely, userCodeHash)
    .select(['client_name', 'ip_address', 'user_agent', 'created_at', 'expires_at'])
    .executeTakeFirst()
  if (row === undefined) throw noSuchCode()
  return {
    clientName: row.client_name,
    ipAddress: row.ip_address,
    sameAddress: row.ip_address === ipAddress,
    userAgent: row.user_agent,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }
}
