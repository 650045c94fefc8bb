import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Configuration, Provider } from 'oidc-provider'
import { TEST_ORIGIN } from './test-api.ts'

export const CLIENT = { clientId: 'holdfast', clientSecret: 'a secret that both know, of many characters' }
export const CALLBACK = `${TEST_ORIGIN}/api/auth/oidc/callback`

/** Who signs in next, as the provider knows them. */
export type Somebody = { sub: string; amr?: string[] } & Record<string, unknown>

export type TestProvider = {
  issuer: string
  /** What a browser does from the authorization address on, as this person: ends at our callback. */
  signIn(url: string, who: Somebody): Promise<URL>
  /** Whoever comes next, by whatever browser, is this person. */
  expect(who: Somebody): void
  stop(): Promise<void>
}

/** What the provider knows of us, where we are reached at this origin. */
export const clientAt = (origin: string): NonNullable<Configuration['clients']>[number] => ({
  client_id: CLIENT.clientId,
  client_secret: CLIENT.clientSecret,
  redirect_uris: [`${origin}/api/auth/oidc/callback`],
  grant_types: ['authorization_code'],
  response_types: ['code'],
})

const configuration = (people: Map<string, Somebody>, more: Configuration): Configuration => ({
  clients: [clientAt(TEST_ORIGIN)],
  cookies: { keys: ['cookies of a test'] },
  claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  conformIdTokenClaims: false,
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  findAccount: async (_context, accountId) => ({
    accountId,
    claims: async () => {
      const { amr: _, ...claims } = people.get(accountId) ?? { sub: accountId }
      return claims
    },
  }),
  ...more,
})

/** The npm package `oidc-provider`, a certified provider, on loopback. Its pages are answered by themselves. */
export const startTestProvider = async (more: Configuration = {}): Promise<TestProvider> => {
  const people = new Map<string, Somebody>()
  let next: Somebody = { sub: 'nobody' }
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, configuration(people, more))
  const interact = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { prompt, session } = await provider.interactionDetails(request, response)
    const { sub: accountId, amr } = next
    if (prompt.name === 'login') {
      const login = { accountId, ...(amr === undefined ? {} : { amr }) }
      return provider.interactionFinished(request, response, { login })
    }
    const grant = new provider.Grant({ accountId: session?.accountId ?? accountId, clientId: CLIENT.clientId })
    grant.addOIDCScope('openid email profile')
    const consent = { grantId: await grant.save() }
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true })
  }
  const answer = provider.callback()
  const expectNext = (who: Somebody): void => {
    next = who
    people.set(who.sub, who)
  }
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/')) interact(request, response).catch(() => response.destroy())
    else void answer(request, response)
  })
  return {
    issuer,
    expect: expectNext,
    signIn: async (url, who) => {
      expectNext(who)
      const jar = new Map<string, string>()
      for (let at = url, hops = 0; hops < 10; hops++) {
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
        const reply = await fetch(at, { redirect: 'manual', headers: { cookie } })
        for (const set of reply.headers.getSetCookie()) {
          const [pair = ''] = set.split(';')
          jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
        }
        const location = reply.headers.get('location')
        if (location === null) throw new Error(`the provider answered ${reply.status}: ${await reply.text()}`)
        at = new URL(location, at).href
        if (at.startsWith(CALLBACK)) return new URL(at)
      }
      throw new Error('the provider sends in circles')
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
