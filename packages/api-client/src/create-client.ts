import createFetchClient, { type Client } from 'openapi-fetch'
import { ApiProblem, readProblem } from './api-problem.ts'
import { Credentials, type TokenPair } from './credentials.ts'
import type { paths } from './schema.ts'
import { type UploadedFile, type UploadInput, uploadFile } from './upload-file.ts'
import { type FolderInput, uploadFolder } from './upload-folder.ts'

export type ApiClientOptions = {
  /** The API's origin, such as `http://127.0.0.1:3000`; in a browser the page's own by default. */
  baseUrl?: string
  apiKey?: string
  /** From an earlier `logIn`. */
  tokens?: TokenPair
  /** Told each new pair of tokens, and undefined when the session has ended. */
  onTokens?: (tokens: TokenPair | undefined) => void
  /** Acts in this organization; by default in the key's, or the user's first. */
  organizationId?: string
  fetch?: (request: Request) => Promise<Response>
}

export type ApiClient = Client<paths> & {
  /**
   * Signs in; this client acts as that user from now on. `secondFactor` is asked for a code where the account has one.
   * @throws SecondFactorRequired where it is needed and was not given
   */
  logIn(account: Account, secondFactor?: SecondFactor): Promise<TokenPair>
  /** Ends the session, here and on the server. */
  logOut(): Promise<void>
  /** Streams a Blob or File up. */
  uploadFile(input: UploadInput): Promise<UploadedFile>
  /** Streams many up as one folder. */
  uploadFolder(input: FolderInput): Promise<UploadedFile>
}

type Account = { email: string; password: string }

/** A code of the authenticator app, or one of the recovery codes; each works once. */
type SecondFactor = () => Promise<{ code: string } | { recoveryCode: string }>

/** The password was right. Finish by `POST /api/v1/auth/mfa` with the token, within five minutes. */
export class SecondFactorRequired extends Error {
  override readonly name = 'SecondFactorRequired'
  readonly mfaToken: string

  constructor(mfaToken: string) {
    super('This account asks for a second factor.')
    this.mfaToken = mfaToken
  }
}

/** The page's origin, in a browser. */
const ownOrigin = (): string => {
  const { location } = globalThis as { location?: { origin: string } }
  if (location === undefined) throw new TypeError('createClient needs a baseUrl outside of a browser')
  return location.origin
}

const WITHOUT_CREDENTIALS: ReadonlySet<string> = new Set(['/api/v1/auth/login', '/api/v1/auth/mfa', '/api/v1/setup'])

/**
 * A client of the Holdfast API, typed by its OpenAPI document: `client.GET('/api/v1/files')`. Works in browsers and in
 * Node. Every answer other than 2xx is thrown as an `ApiProblem`.
 */
export const createClient = (options: ApiClientOptions = {}): ApiClient => {
  const { baseUrl = ownOrigin(), fetch = (request: Request) => globalThis.fetch(request) } = options
  const { apiKey, tokens, onTokens, organizationId } = options
  const credentials = new Credentials({ baseUrl, fetch, apiKey, tokens, onTokens })
  const client = createFetchClient<paths>({ baseUrl, fetch })
  client.use({
    async onRequest({ request, schemaPath }) {
      // Signing in needs no credentials, and must work when the old ones are no good any more.
      if (WITHOUT_CREDENTIALS.has(schemaPath)) return
      const authorization = await credentials.authorization()
      if (authorization !== undefined) request.headers.set('authorization', authorization)
      if (organizationId !== undefined) request.headers.set('holdfast-org', organizationId)
    },
    async onResponse({ response }) {
      if (!response.ok) throw new ApiProblem(response, await readProblem(response))
    },
  })
  return Object.assign(client, {
    logIn: async (account: Account, secondFactor?: SecondFactor): Promise<TokenPair> => {
      const pair = await tokensOf(
        client,
        await dataOf(client.POST('/api/v1/auth/login', { body: account })),
        secondFactor,
      )
      credentials.set(pair)
      return pair
    },
    logOut: async (): Promise<void> => {
      await client.POST('/api/v1/auth/logout')
      credentials.set(undefined)
    },
    uploadFile: (input: UploadInput) => uploadFile(client, input),
    uploadFolder: (input: FolderInput) => uploadFolder(client, input),
  })
}

const tokensOf = async (
  client: Client<paths>,
  answer: TokenPair | { mfaToken: string },
  secondFactor: SecondFactor | undefined,
): Promise<TokenPair> => {
  if (!('mfaToken' in answer)) return answer
  const { mfaToken } = answer
  if (secondFactor === undefined) throw new SecondFactorRequired(mfaToken)
  return dataOf(client.POST('/api/v1/auth/mfa', { body: { mfaToken, ...(await secondFactor()) } }))
}

/** The body of an answer: `await dataOf(client.GET('/api/v1/files'))`. @throws ApiProblem */
export const dataOf = async <Data>(answer: Promise<{ data?: Data; response: Response }>): Promise<Data> => {
  const { data, response } = await answer
  if (data === undefined) throw new ApiProblem(response, undefined)
  return data
}
