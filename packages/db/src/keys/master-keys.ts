import { KEY_BYTES, SealingKey, UnsealError } from '@packages/runtime/sealing-key'
import type { MasterKeySource } from '@packages/runtime/master-keys/master-key-source'
import type { Kysely } from 'kysely'
import type { Tables } from '../tables.ts'

/** This process does not hold the master key that is needed: it was given another, or a rotation went past it. */
export class MasterKeyUnavailableError extends Error {
  override readonly name = 'MasterKeyUnavailableError'
}

const secretContext = (version: number): string => `master_keys/secret/${version}`

/** Parts what a master key wraps from what is sealed by keys that are derived from the secret, were their bytes the same. */
const wrappingKey = (bytes: Uint8Array): SealingKey => new SealingKey(bytes, 'holdfast/wrap/v1')

export const wrapSecret = (master: Uint8Array, version: number, secret: Uint8Array): Buffer =>
  wrappingKey(master).seal(secret, secretContext(version))

export type HeldMasterKey = { version: number; bytes: Uint8Array; key: SealingKey; secret: Buffer }

const unwrapSecret = (key: SealingKey, version: number, wrapped: Buffer): Buffer | undefined => {
  try {
    const secret = key.open(wrapped, secretContext(version))
    return secret.length === KEY_BYTES ? secret : undefined
  } catch (error) {
    if (error instanceof UnsealError) return undefined
    throw error
  }
}

/**
 * The versions of the master key that this process holds: one, or two while a rotation is under way. It only wraps. A version
 * that is not held yet is looked for where the key is kept, so that a running process goes on through a rotation.
 */
export class MasterKeys {
  readonly source: MasterKeySource
  #held: readonly HeldMasterKey[] = []

  /** Holds nothing before the first `reload`. */
  constructor(source: MasterKeySource) {
    this.source = source
  }

  /** Newest first. */
  get held(): readonly HeldMasterKey[] {
    return this.#held
  }

  /** What the platform's own keys are derived from: the same under each version. */
  get secret(): Uint8Array {
    const [newest] = this.#held
    if (newest === undefined) throw new MasterKeyUnavailableError('the master key does not fit this database')
    return newest.secret
  }

  /**
   * Reads the keys again and finds out which version each of them is. One that was held stays while the database has its
   * version, also when it is not given any more.
   * @returns what is held from now on
   */
  async reload(db: Kysely<Tables>): Promise<readonly HeldMasterKey[]> {
    const given = await this.source.read()
    const rows = await db.selectFrom('master_keys').selectAll().orderBy('version', 'desc').execute()
    const known = [...given, ...this.#held.map(({ bytes }) => bytes)]
    const held = rows.flatMap(({ version, secret_wrapped }) => {
      for (const bytes of known) {
        const key = wrappingKey(bytes)
        const secret = unwrapSecret(key, version, secret_wrapped)
        if (secret !== undefined) return [{ version, bytes, key, secret }]
      }
      return []
    })
    this.#held = held
    return held
  }

  /** Wraps by the newest version that is held, and keeps that version until the transaction ends. @throws MasterKeyUnavailableError */
  async wrap(
    db: Kysely<Tables>,
    secret: Uint8Array,
    contextOf: (version: number) => string,
  ): Promise<{ wrapped: Buffer; version: number }> {
    if (!(await this.#holdsNewest(db))) await this.reload(db)
    const newest = (await this.#usable(db)) ?? (await this.reload(db), await this.#usable(db))
    if (newest === undefined) throw new MasterKeyUnavailableError('no master key that is held may wrap any more')
    const { key, version } = newest
    return { version, wrapped: key.seal(secret, contextOf(version)) }
  }

  /** @throws MasterKeyUnavailableError, UnsealError */
  async unwrap(db: Kysely<Tables>, wrapped: Uint8Array, version: number, context: string): Promise<Buffer> {
    const isIt = (one: HeldMasterKey): boolean => one.version === version
    const held = this.#held.find(isIt) ?? (await this.reload(db)).find(isIt)
    if (held === undefined) throw new MasterKeyUnavailableError(`version ${version} of the master key is not held here`)
    return held.key.open(wrapped, context)
  }

  async #holdsNewest(db: Kysely<Tables>): Promise<boolean> {
    const newest = await db.selectFrom('master_keys').select('version').orderBy('version', 'desc').executeTakeFirst()
    return this.#held.some(({ version }) => version === newest?.version)
  }

  /** The row's lock holds off a rotation that would take the version away meanwhile. */
  async #usable(db: Kysely<Tables>): Promise<HeldMasterKey | undefined> {
    if (this.#held.length === 0) return undefined
    const row = await db
      .selectFrom('master_keys')
      .select('version')
      .where(
        'version',
        'in',
        this.#held.map(({ version }) => version),
      )
      .orderBy('version', 'desc')
      .limit(1)
      .forKeyShare()
      .executeTakeFirst()
    return this.#held.find(({ version }) => version === row?.version)
  }
}
