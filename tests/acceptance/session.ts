import { type ApiClient, createClient, dataOf } from '@packages/api-client/create-client'
import type { UploadedFile } from '@packages/api-client/upload-file'
import type { SpawnedPlatform } from '@packages/testkit/spawn-platform'

const PASSWORD = 'a long password of hers'

type Where = Pick<SpawnedPlatform, 'apiUrl'>
type Scope = 'files:read' | 'files:write' | 'pins:read' | 'pins:write'

/** A person who has logged in, with a first API key. */
export class Account {
  readonly email: string
  readonly password = PASSWORD
  readonly accessToken: string
  readonly key: string
  readonly #client: ApiClient
  readonly #where: Where

  private constructor(where: Where, client: ApiClient, email: string, accessToken: string, key: string) {
    this.#where = where
    this.#client = client
    this.email = email
    this.accessToken = accessToken
    this.key = key
  }

  static async logIn(where: Where, email: string): Promise<Account> {
    const client = createClient({ baseUrl: where.apiUrl })
    const { accessToken } = await client.logIn({ email, password: PASSWORD })
    const { key } = await dataOf(client.POST('/api/v1/api-keys', { body: { name: 'first' } }))
    return new Account(where, client, email, accessToken, key)
  }

  async createApiKey(scopes: Scope[]): Promise<string> {
    return (await dataOf(this.#client.POST('/api/v1/api-keys', { body: { name: 'another', scopes } }))).key
  }

  /** As the administrator: a user with an own organization, logged in. */
  async createUser(email: string, name: string): Promise<Account> {
    await dataOf(this.#client.POST('/api/v1/users', { body: { email, name, password: PASSWORD } }))
    return Account.logIn(this.#where, email)
  }
}

/** Uses the one-time link: makes the administrator. */
export const setUp = async (platform: Pick<SpawnedPlatform, 'apiUrl' | 'setupToken'>): Promise<Account> => {
  const email = 'ada@example.org'
  const body = { token: platform.setupToken ?? '', email, name: 'Ada', password: PASSWORD }
  await dataOf(createClient({ baseUrl: platform.apiUrl }).POST('/api/v1/setup', { body }))
  return Account.logIn(platform, email)
}

/** The API with one key. */
export class Session {
  readonly #client: ApiClient

  constructor(where: Where, apiKey: string) {
    this.#client = createClient({ baseUrl: where.apiUrl, apiKey })
  }

  upload(content: Blob | string, { name }: { name: string }): Promise<UploadedFile> {
    return this.#client.uploadFile({ file: content instanceof Blob ? content : new Blob([content]), name })
  }

  listPage(query: { limit?: number; cursor?: string } = {}) {
    return dataOf(this.#client.GET('/api/v1/files', { params: { query } }))
  }

  /** Every file by pages of 100, the newest first. */
  async listAll() {
    const all: Awaited<ReturnType<Session['listPage']>>['files'] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: Awaited<ReturnType<Session['listPage']>> = await this.listPage({
        limit: 100,
        ...(cursor === undefined ? {} : { cursor }),
      })
      all.push(...page.files)
      cursor = page.nextCursor
    }
    return all
  }

  /** @returns the status: 200 when the gateways know too, 202 when some of them still have to learn it */
  async delete(hash: string): Promise<number> {
    const { response } = await this.#client.DELETE('/api/v1/files/{hash}', { params: { path: { hash } } })
    return response.status
  }

  async pinStatus(hash: string): Promise<string> {
    return JSON.stringify(await dataOf(this.#client.GET('/api/v1/pins/{hash}/status', { params: { path: { hash } } })))
  }
}
