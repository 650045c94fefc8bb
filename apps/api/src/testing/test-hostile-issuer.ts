import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign as signBy } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CLIENT } from './test-openid-provider.ts'

export type HostileToken = {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
  /** Made in place of the sound one. */
  sign?: (input: string) => string
  key?: KeyObject
}

export type HostileIssuer = {
  issuer: string
  /** Its own, which stands in its key set. */
  publicKey: KeyObject
  /** What the next token request is answered with. */
  answer: { idToken?: HostileToken | null; status?: number; body?: string; location?: string }
  /** What was asked, as `METHOD /path`. */
  asked: string[]
  discovery: Record<string, unknown>
  stop(): Promise<void>
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An HMAC over the token by any text as its key, such as a public key's. */
export const hmacBy = (key: string | Buffer) => (input: string) =>
  createHmac('sha256', key).update(input).digest('base64url')

/** An OpenID provider that answers as it is told, on loopback. It gives tokens for any code: the caller knows the nonce. */
export const startHostileIssuer = async (nonceOf: () => string): Promise<HostileIssuer> => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const discovery: Record<string, unknown> = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    // It would take all of them; we do not.
    id_token_signing_alg_values_supported: ['none', 'HS256', 'RS256'],
  }
  const hostile: HostileIssuer = {
    issuer,
    publicKey,
    answer: {},
    asked: [],
    discovery,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const idTokenOf = ({ header = {}, claims = {}, sign, key = privateKey }: HostileToken): string => {
    const now = Math.floor(Date.now() / 1000)
    const sub = randomUUID()
    const sound = { iss: issuer, aud: CLIENT.clientId, sub, iat: now, exp: now + 60, nonce: nonceOf() }
    const payload: Record<string, unknown> = { ...sound, email: `${sub}@example.org`, email_verified: true, ...claims }
    for (const [name, value] of Object.entries(payload)) if (value === undefined) delete payload[name]
    const head = { alg: 'RS256', kid: 'its key', ...header }
    const input = `${encode(head)}.${encode(payload)}`
    const signature = sign?.(input) ?? signBy('sha256', Buffer.from(input), key).toString('base64url')
    return `${input}.${signature}`
  }
  server.on('request', (request, response) => {
    hostile.asked.push(`${request.method} ${request.url}`)
    request.resume()
    response.setHeader('content-type', 'application/json')
    const { status = 200, body, location, idToken = {} } = hostile.answer
    if (request.url?.includes('openid-configuration')) return response.end(JSON.stringify(discovery))
    if (request.url === '/jwks')
      return response.end(
        JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'its key', use: 'sig' }] }),
      )
    if (location !== undefined) return response.writeHead(307, { location }).end()
    const id = idToken === null ? {} : { id_token: idTokenOf(idToken) }
    return response.writeHead(status).end(body ?? JSON.stringify({ access_token: 'x', token_type: 'Bearer', ...id }))
  })
  return hostile
}
