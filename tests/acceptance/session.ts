import type { SpawnedPlatform } from '@packages/testkit/spawn-platform'

export const PASSWORD = 'a long password of hers'

type Where = Pick<SpawnedPlatform, 'apiUrl' | 'gatewayUrl'>

export type Uploaded = {
  file: { id: string; cid: string; name: string; size: number; contentType: string; createdAt: string }
  pin: { requestid: string; status: string }
}
export type Listed = Uploaded['file'] & { pin: Uploaded['pin'] }

/** An answer other than the wished-for. */
export class Unexpected extends Error {
  readonly status: number

  constructor(what: string, status: number, body: string) {
    super(`${what} answered ${status}: ${body.slice(0, 500)}`)
    this.status = status
  }
}

const call = async (url: string, init: RequestInit & { duplex?: 'half' }): Promise<Response> => {
  const response = await fetch(url, init)
  if (!response.ok) throw new Unexpected(`${init.method ?? 'GET'} ${url}`, response.status, await response.text())
  return response
}

const post = (url: string, token: string | null, body: unknown): Promise<Response> =>
  call(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })

/** A person who has logged in, with a first API key. */
export class Account {
  readonly email: string
  readonly password = PASSWORD
  readonly accessToken: string
  readonly key: string
  readonly #where: Where

  private constructor(where: Where, email: string, accessToken: string, key: string) {
    this.#where = where
    this.email = email
    this.accessToken = accessToken
    this.key = key
  }

  static async logIn(where: Where, email: string): Promise<Account> {
    const tokens = await post(`${where.apiUrl}/api/v1/auth/login`, null, { email, password: PASSWORD })
    const { accessToken } = (await tokens.json()) as { accessToken: string }
    const made = await post(`${where.apiUrl}/api/v1/api-keys`, accessToken, { name: 'first' })
    const { key } = (await made.json()) as { key: string }
    return new Account(where, email, accessToken, key)
  }

  async createApiKey(scopes: string[]): Promise<string> {
    const made = await post(`${this.#where.apiUrl}/api/v1/api-keys`, this.accessToken, { name: 'another', scopes })
    return ((await made.json()) as { key: string }).key
  }

  /** As the administrator: a user with an own organization, logged in. */
  async createUser(email: string, name: string): Promise<Account> {
    await post(`${this.#where.apiUrl}/api/v1/users`, this.accessToken, { email, name, password: PASSWORD })
    return Account.logIn(this.#where, email)
  }
}

/** Uses the one-time link: makes the administrator. */
export const setUp = async (platform: SpawnedPlatform): Promise<Account> => {
  const email = 'ada@example.org'
  await post(`${platform.apiUrl}/api/v1/setup`, null, {
    token: platform.setupToken,
    email,
    name: 'Ada',
    password: PASSWORD,
  })
  return Account.logIn(platform, email)
}

/** The API with one key. */
export class Session {
  readonly #where: Where
  readonly #headers: { authorization: string }

  constructor(where: Where, key: string) {
    this.#where = where
    this.#headers = { authorization: `Bearer ${key}` }
  }

  #url(path: string): string {
    return `${this.#where.apiUrl}/api/v1${path}`
  }

  async upload(
    content: Blob | string | Uint8Array<ArrayBuffer>,
    options: { name: string; signal?: AbortSignal },
  ): Promise<Uploaded> {
    const form = new FormData()
    form.set('file', content instanceof Blob ? content : new Blob([content]), options.name)
    const init = {
      method: 'POST',
      headers: this.#headers,
      body: form,
      ...(options.signal ? { signal: options.signal } : {}),
    }
    return (await (await call(this.#url('/files/upload'), init)).json()) as Uploaded
  }

  async listPage(query: Record<string, string> = {}): Promise<{ files: Listed[]; nextCursor: string | null }> {
    const answer = await call(this.#url(`/files?${new URLSearchParams(query)}`), { headers: this.#headers })
    return (await answer.json()) as { files: Listed[]; nextCursor: string | null }
  }

  /** Every file by pages of 100, the newest first. */
  async listAll(): Promise<Listed[]> {
    const all: Listed[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Awaited<ReturnType<Session['listPage']>> = await this.listPage({
        limit: '100',
        ...(cursor === '' ? {} : { cursor }),
      })
      all.push(...page.files)
      cursor = page.nextCursor
    }
    return all
  }

  /** @returns the status: 200 when the gateways know too, 202 when some of them still have to learn it */
  async delete(hash: string): Promise<number> {
    return (await call(this.#url(`/files/${hash}`), { method: 'DELETE', headers: this.#headers })).status
  }

  async pinStatus(hash: string): Promise<string> {
    const answer = await call(this.#url(`/pins/${hash}/status`), { headers: this.#headers })
    return JSON.stringify(await answer.json())
  }
}
