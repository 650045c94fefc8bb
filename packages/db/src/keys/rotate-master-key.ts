import { randomBytes } from 'node:crypto'
import type { MasterKeySource } from '@packages/runtime/master-keys/master-key-source'
import { KEY_BYTES } from '@packages/runtime/sealing-key'
import { StartError } from '@packages/runtime/start-error'
import type { Kysely } from 'kysely'
import type { Database } from '../open-database.ts'
import { type SessionLock, withSessionLock } from '../session-lock.ts'
import type { Tables } from '../tables.ts'
import { type HeldMasterKey, MasterKeys, wrapSecret } from './master-keys.ts'
import { planRotation } from './plan-rotation.ts'
import { type Rewrapped, type Rewrapping, rewrapTenantKeys } from './rewrap-tenant-keys.ts'

export type RotationDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork' | 'pool'>
  source: MasterKeySource
  batchSize?: number
}

export type Rotation = {
  /** The version under which everything is now. */
  version: number
  /** Whether this run has added it. */
  added: boolean
  /** How many tenants' keys this run wrapped anew. */
  tenants: number
  /** Versions that this run took away. */
  retired: readonly number[]
  /** Organizations whose keys do not open: rows that were changed. While there are any, the key before stays needed. */
  damaged: readonly string[]
}

/**
 * Replaces the master key: wraps the derivation secret and every tenant's key by a new one. The order makes it safe: the new key
 * is durable where keys are kept before anything is wrapped by it, and the one before stays there until nothing needs it. So a run
 * that was killed anywhere is simply run again, and processes that can read both keys go on meanwhile.
 * @throws StartError when the keys do not fit, a new one is missing where we do not keep them ourselves, or another run is under way
 */
export const rotateMasterKey = async (deps: RotationDeps): Promise<Rotation> => {
  const done = await withSessionLock(deps.db.pool, 'holdfast master key', (lock) => rotate(deps, lock))
  if (done === undefined) throw new StartError('The master key is being replaced by another process: wait for it')
  return done
}

const rotate = async ({ db, source, batchSize = 200 }: RotationDeps, lock: SessionLock): Promise<Rotation> => {
  const masterKeys = new MasterKeys(source)
  const { target, added } = await begin(db, masterKeys, lock)
  const most = await rewrapTenantKeys({
    masterKeys,
    target,
    batchSize,
    inTransaction: (work) => db.kysely.transaction().execute(work),
  })
  const { rest, retired } = await retire(db, { masterKeys, target, batchSize })
  const tenants = most.tenants + rest.tenants
  if (rest.damaged.length === 0) await putAside(source, target, lock)
  return { version: target.version, added, tenants, retired, damaged: rest.damaged }
}

const versionsOf = async (kysely: Kysely<Tables>): Promise<number[]> => {
  const rows = await kysely.selectFrom('master_keys').select('version').orderBy('version', 'desc').execute()
  return rows.map(({ version }) => version)
}

/** The version to wrap by: of a rotation that is under way, or a new one. */
const begin = async (
  db: RotationDeps['db'],
  masterKeys: MasterKeys,
  lock: SessionLock,
): Promise<{ target: HeldMasterKey; added: boolean }> => {
  const { source } = masterKeys
  const given = await source.read()
  const held = await masterKeys.reload(db.kysely)
  const [newest] = held
  const versions = await versionsOf(db.kysely)
  const lacking = await neededBeside(db.kysely, held)
  const ours = source.write !== undefined
  const step = planRotation({ place: source.place, given, held, versions, lacking, ours })
  if (newest === undefined) throw new Error('a rotation was planned without a key')
  if (step === 'go-on') return { target: newest, added: false }
  if (step === 'make') {
    await lock.check()
    await source.write?.([randomBytes(KEY_BYTES), newest.bytes])
  }
  return { target: await addVersion(db, masterKeys, newest), added: true }
}

/** Versions that tenants' keys are wrapped by, other than those that are held. */
const neededBeside = async (kysely: Kysely<Tables>, held: readonly HeldMasterKey[]): Promise<number[]> => {
  const rows = await kysely.selectFrom('tenant_keys').select('master_version').distinct().execute()
  return rows
    .map(({ master_version }) => master_version)
    .filter((version) => !held.some((one) => one.version === version))
}

const addVersion = async (
  db: RotationDeps['db'],
  masterKeys: MasterKeys,
  before: HeldMasterKey,
): Promise<HeldMasterKey> => {
  const version = before.version + 1
  const [bytes] = await masterKeys.source.read()
  if (bytes === undefined) throw new StartError(`There is no master key: ${masterKeys.source.place}`)
  await db.unitOfWork.run(async (uow) => {
    const row = { version, secret_wrapped: wrapSecret(bytes, version, before.secret) }
    // There already, when the commit of a run that was killed came through after all.
    const { numInsertedOrUpdatedRows: rows } = await uow.tx
      .insertInto('master_keys')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow()
    if (rows === 0n) return
    uow.policy({ kind: 'master-key.changed' })
    uow.record({ ...OF_NOBODY, kind: 'master-key.created', subject: String(version) })
  })
  const [newest] = await masterKeys.reload(db.kysely)
  if (newest?.version !== version || !Buffer.from(newest.bytes).equals(bytes))
    throw new StartError('The master key was changed by somebody else meanwhile: run this again')
  return newest
}

const OF_NOBODY = { organizationId: null, actorId: null, payload: {} }

/**
 * Takes away what is older. Whoever wraps by an older version holds its row until it commits: when we have those rows, no more can come,
 * and what has come meanwhile is wrapped in the same transaction.
 */
const retire = async (
  { unitOfWork }: RotationDeps['db'],
  { masterKeys, target, batchSize }: Pick<Rewrapping, 'masterKeys' | 'target' | 'batchSize'>,
): Promise<{ rest: Rewrapped; retired: number[] }> => {
  const { result } = await unitOfWork.run(async ({ tx, policy, record }) => {
    const older = tx.selectFrom('master_keys').select('version').where('version', '<', target.version)
    const retired = (await older.forUpdate().execute()).map(({ version }) => version)
    const rest = await rewrapTenantKeys({ masterKeys, target, batchSize, inTransaction: (work) => work(tx) })
    if (retired.length === 0 || rest.damaged.length > 0) return { rest, retired: [] }
    await tx.deleteFrom('master_keys').where('version', 'in', retired).execute()
    policy({ kind: 'master-key.changed' })
    for (const version of retired) record({ ...OF_NOBODY, kind: 'master-key.retired', subject: String(version) })
    return { rest, retired }
  })
  return result
}

/** Nothing of the database needs the one before any more; backups of before do. */
const putAside = async (source: MasterKeySource, target: HeldMasterKey, lock: SessionLock): Promise<void> => {
  const [first, before] = await source.read()
  if (source.write === undefined || first === undefined || before === undefined) return
  if (!Buffer.from(first).equals(target.bytes)) throw new StartError(`${source.place} was changed meanwhile`)
  await lock.check()
  await source.keep?.(target.version - 1, before)
  await source.write([target.bytes])
}
