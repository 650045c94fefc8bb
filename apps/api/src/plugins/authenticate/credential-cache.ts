import type { PolicyEntry } from '@packages/shared/policy-log'

/** What every cached credential carries, so that the policy log can name it. */
export type CachedCredential = {
  userId: string
  sessionId?: string
  apiKeyId?: string
  /** Of a key: its organization. */
  organizationId?: string
  /** Of a session: its user's organizations. */
  memberships?: readonly { organizationId: string }[]
}

export type CredentialCacheOptions = { ttlMs: number; maxEntries: number; now?: () => number }

/**
 * What the database said about a credential, for a short time. Entries of the policy log take them out at once;
 * a look-up that began before such an entry is not stored after it.
 */
export class CredentialCache<T extends CachedCredential> {
  readonly #entries = new Map<string, { value: T; until: number }>()
  readonly #options: CredentialCacheOptions
  readonly #now: () => number
  #generation = 0

  constructor(options: CredentialCacheOptions) {
    this.#options = options
    // Not by dates: a clock that is set back would keep an entry for as long.
    this.#now = options.now ?? (() => performance.now())
  }

  /** The cached value, or what `load` finds; a miss (undefined) is not kept. */
  async get(key: string, load: () => Promise<T | undefined>): Promise<T | undefined> {
    const cached = this.#entries.get(key)
    if (cached !== undefined && cached.until > this.#now()) return cached.value
    const generation = this.#generation
    const value = await load()
    if (value === undefined) this.#entries.delete(key)
    else if (generation === this.#generation) this.#put(key, value)
    return value
  }

  #put(key: string, value: T): void {
    this.#entries.delete(key)
    this.#entries.set(key, { value, until: this.#now() + this.#options.ttlMs })
    if (this.#entries.size <= this.#options.maxEntries) return
    const oldest = this.#entries.keys().next().value
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  /** Forgets what the entry names; other kinds do nothing. */
  invalidate(entry: PolicyEntry): void {
    const isNamed = named(entry)
    if (isNamed === undefined) return
    this.#generation++
    for (const [key, { value }] of this.#entries) if (isNamed(value)) this.#entries.delete(key)
  }
}

const named = (entry: PolicyEntry): ((value: CachedCredential) => boolean) | undefined => {
  if (entry.kind === 'api-key.revoked' || entry.kind === 'api-key.changed')
    return (value) => value.apiKeyId === entry.apiKeyId
  if (entry.kind === 'session.revoked') return (value) => value.sessionId === entry.sessionId
  if (entry.kind === 'user.changed') return (value) => value.userId === entry.userId
  if (entry.kind === 'organization.changed') {
    const { organizationId } = entry
    return (value) =>
      value.organizationId === organizationId ||
      (value.memberships?.some((one) => one.organizationId === organizationId) ?? false)
  }
  return undefined
}
