import { randomBytes, randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import type { SessionClient } from '../sessions.ts'
import { hashOfDeviceCode, type UserCodeHashes } from './code-hashes.ts'
import { makeUserCode, shownUserCode } from './user-code.ts'

export const DEVICE_LOGIN_SECONDS = 600
const INTERVAL_SECONDS = 5

export type StartDeviceLoginDeps = {
  db: Pick<Database, 'kysely'>
  userCodeHashes: Pick<UserCodeHashes, 'of'>
  publicUrl: string
}

export type DeviceLogin = {
  deviceCode: string
  userCode: string
  verificationUri: string
  expiresIn: number
  interval: number
}

/**
 * Two codes for a program that wants to act for a person: the long one is its own, the short one is for the person to type in. There is
 * no address with the code in it: who was only sent one has no program before them (RFC 8628, 5.4).
 */
export const startDeviceLogin = async (
  deps: StartDeviceLoginDeps,
  { clientName, client }: { clientName: string; client: SessionClient },
): Promise<DeviceLogin> => {
  const deviceCode = `hfdc_${randomBytes(32).toString('base64url')}`
  for (;;) {
    const userCode = makeUserCode()
    const made = await deps.db.kysely
      .insertInto('device_logins')
      .values({
        id: randomUUIDv7(),
        device_code_hash: hashOfDeviceCode(deviceCode),
        user_code_hash: deps.userCodeHashes.of(userCode),
        client_name: clientName,
        ip_address: client.ipAddress,
        user_agent: client.userAgent?.slice(0, 500) ?? null,
        interval_seconds: INTERVAL_SECONDS,
        expires_at: sql<Date>`now() + ${DEVICE_LOGIN_SECONDS} * interval '1 second'`,
      })
      // Another has this code: the next.
      .onConflict((conflict) => conflict.column('user_code_hash').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (made === undefined) continue
    return {
      deviceCode,
      userCode: shownUserCode(userCode),
      verificationUri: `${deps.publicUrl}/device`,
      expiresIn: DEVICE_LOGIN_SECONDS,
      interval: INTERVAL_SECONDS,
    }
  }
}
