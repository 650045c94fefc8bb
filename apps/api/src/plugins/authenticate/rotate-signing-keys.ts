import { generateKeyPairSync, randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import { sealColumn, type SealedPlace } from '@packages/db/sealed-columns'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { MasterKey } from '@packages/runtime/master-key'
import { sql } from 'kysely'
import { ACCESS_TOKEN_SECONDS } from './access-token-lifetime.ts'

export type RotationDeps = { db: Pick<Database, 'unitOfWork'>; masterKey: MasterKey; maxAgeMs: number }

/** Ties sealed bytes to their row: bytes that are moved to another kid do not open. */
export const signingKeyPlace = (kid: string): SealedPlace => ({
  column: 'signing_keys.private_sealed',
  row: kid,
  tenant: null,
})

/** Published this long before it signs: twice as long as answers of the key set may be kept. */
export const PUBLISH_AHEAD_MS = 10 * 60_000

/** Processes begin with a key within a minute of its time; the last token of the old one then lives for its lifetime. */
const OVERLAP_MS = ACCESS_TOKEN_SECONDS * 1000 + 5 * 60_000

const later = (ms: number) => sql<Date>`now() + ${ms} * interval '1 millisecond'`

/** A new key, in the caller's unit of work; its private half is sealed. */
export const addSigningKey = async (
  uow: UnitOfWorkContext,
  masterKey: MasterKey,
  { signsInMs }: { signsInMs: number },
): Promise<string> => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const kid = randomUUIDv7()
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' })
  await uow.tx
    .insertInto('signing_keys')
    .values({
      kid,
      public_jwk: JSON.stringify(publicKey.export({ format: 'jwk' })),
      private_sealed: sealColumn(masterKey, signingKeyPlace(kid), secret),
      signs_from: later(signsInMs),
    })
    .execute()
  uow.policy({ kind: 'signing-keys.changed' })
  uow.record({ kind: 'signing-key.created', organizationId: null, actorId: null, subject: kid, payload: {} })
  return kid
}

const retire = async (uow: UnitOfWorkContext, kids: readonly string[]): Promise<void> => {
  if (kids.length === 0) return
  await uow.tx.updateTable('signing_keys').set({ retired_at: new Date() }).where('kid', 'in', kids).execute()
  uow.policy({ kind: 'signing-keys.changed' })
  for (const subject of kids)
    uow.record({ kind: 'signing-key.retired', organizationId: null, actorId: null, subject, payload: {} })
}

/** One process at a time looks and decides; the others find it done. */
const lockKeys = (uow: UnitOfWorkContext) =>
  sql`select pg_advisory_xact_lock(hashtext('holdfast.signing_keys'))`.execute(uow.tx)

/**
 * One step of rotation, each whole or not at all: a successor when the newest key has signed for `maxAgeMs`, and the end of keys
 * whose successor has signed for longer than the last token of theirs lives. Times are the database's.
 */
export const rotateSigningKeys = async ({ db, masterKey, maxAgeMs }: RotationDeps): Promise<void> => {
  await db.unitOfWork.run(async (uow) => {
    await lockKeys(uow)
    const keys = await uow.tx
      .selectFrom('signing_keys')
      .where('retired_at', 'is', null)
      .select('kid')
      .select(sql<number>`(extract(epoch from now() - signs_from) * 1000)::float8`.as('ageMs'))
      .orderBy('signs_from', 'desc')
      .orderBy('kid', 'desc')
      .execute()
    const [newest] = keys
    if (newest === undefined || newest.ageMs >= maxAgeMs)
      await addSigningKey(uow, masterKey, { signsInMs: newest === undefined ? 0 : PUBLISH_AHEAD_MS })
    const outlived = keys.filter((_key, index) => (keys[index - 1]?.ageMs ?? 0) > OVERLAP_MS)
    await retire(
      uow,
      outlived.map(({ kid }) => kid),
    )
  })
}

/** For a key that may be known to others: a new one signs at once, and tokens of all others are refused from now on. */
export const replaceSigningKeys = async ({ db, masterKey }: Omit<RotationDeps, 'maxAgeMs'>): Promise<string> => {
  const { result } = await db.unitOfWork.run(async (uow) => {
    await lockKeys(uow)
    const keys = await uow.tx.selectFrom('signing_keys').where('retired_at', 'is', null).select('kid').execute()
    await retire(
      uow,
      keys.map(({ kid }) => kid),
    )
    return addSigningKey(uow, masterKey, { signsInMs: 0 })
  })
  return result
}
