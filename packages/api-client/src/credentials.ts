import type { components } from './schema.ts'

export type TokenPair = components['schemas']['TokenPair']

export type CredentialsOptions = {
  baseUrl: string
  fetch: (request: Request) => Promise<Response>
  apiKey?: string | undefined
  tokens?: TokenPair | undefined
  /** Told each new pair, for it replaces the one before: keep it if the session shall outlive this client. */
  onTokens?: ((tokens: TokenPair | undefined) => void) | undefined
}

/** Access tokens are traded this long before they expire. */
const EARLY_MS = 30_000

/** Knows what to send as `Authorization`, and trades the refresh token in time; one trade at once. */
export class Credentials {
  readonly #options: CredentialsOptions
  #tokens: TokenPair | undefined
  #expiresAt = 0
  #refreshing: Promise<void> | undefined

  constructor(options: CredentialsOptions) {
    this.#options = options
    if (options.tokens !== undefined) this.#keep(options.tokens)
  }

  /** Acts with these tokens from now on; undefined signs out here (not on the server). */
  set(tokens: TokenPair | undefined): void {
    if (tokens === undefined) this.#tokens = undefined
    else this.#keep(tokens)
    this.#options.onTokens?.(tokens)
  }

  /** The header's value; undefined when there is nothing (a browser then sends its cookie). */
  async authorization(): Promise<string | undefined> {
    if (this.#options.apiKey !== undefined) return `Bearer ${this.#options.apiKey}`
    if (this.#tokens !== undefined && Date.now() > this.#expiresAt - EARLY_MS) await this.#refresh()
    return this.#tokens === undefined ? undefined : `Bearer ${this.#tokens.accessToken}`
  }

  #keep(tokens: TokenPair): void {
    this.#tokens = tokens
    this.#expiresAt = Date.now() + tokens.expiresIn * 1000
  }

  #refresh(): Promise<void> {
    this.#refreshing ??= this.#trade().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async #trade(): Promise<void> {
    const { baseUrl, fetch } = this.#options
    const request = new Request(new URL('/api/v1/auth/refresh', baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: this.#tokens?.refreshToken }),
    })
    const response = await fetch(request)
    // Any other failure may pass; the old access token may still do.
    if (response.ok) this.set((await response.json()) as TokenPair)
    else if (response.status === 401) this.set(undefined)
  }
}
