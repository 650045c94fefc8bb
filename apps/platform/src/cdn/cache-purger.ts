/** One shared cache in front of the gateway, as far as we tell it anything. */
export type CachePurger = {
  readonly name: string
  /** Tags that one call may have. */
  readonly tagsAtOnce: number
  /**
   * The cache gives no answer any more that it has now and that has any of these tags.
   * @throws PurgeFailed when it does not say that it has; an error of Node's when it cannot be reached
   */
  purge(tags: readonly string[], signal: AbortSignal): Promise<void>
}

/** What a cache has answered. Without its own words: they may have what we sent. */
export class PurgeFailed extends Error {
  override readonly name = 'PurgeFailed'
  /** How long it asks to be left alone. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, retryAfterMs?: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** RFC 9110, 10.2.3, in seconds; at most ten minutes are believed. */
export const retryAfterOf = (header: string | undefined): number | undefined =>
  header !== undefined && /^\d{1,6}$/.test(header) ? Math.min(600, Number(header)) * 1_000 : undefined
