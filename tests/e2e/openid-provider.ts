import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

type Somebody = { sub: string; email: string; email_verified: boolean; name: string }

export type OpenIdProvider = {
  issuer: string
  clientId: string
  clientSecret: string
  /** Whoever comes next, by whatever browser, is this person: its pages answer themselves. */
  expect(who: Somebody): void
  stop(): Promise<void>
}

const CLIENT = { clientId: 'holdfast', clientSecret: 'a secret that both know, of many characters' }

/** A certified provider (`oidc-provider`) on loopback, for a platform that browsers reach at `origin`. */
export const startOpenIdProvider = async (origin: string): Promise<OpenIdProvider> => {
  const people = new Map<string, Somebody>()
  let next = ''
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [`${origin}/api/auth/oidc/callback`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    cookies: { keys: ['cookies of a test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: async (_context, accountId) => ({
      accountId,
      claims: async () => ({ ...people.get(accountId), sub: accountId }),
    }),
  })
  const interact = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { prompt, session } = await provider.interactionDetails(request, response)
    if (prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId: next } })
    const grant = new provider.Grant({ accountId: session?.accountId ?? next, clientId: CLIENT.clientId })
    grant.addOIDCScope('openid email profile')
    const consent = { grantId: await grant.save() }
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true })
  }
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/')) interact(request, response).catch(() => response.destroy())
    else void answer(request, response)
  })
  return {
    issuer,
    ...CLIENT,
    expect: (who) => {
      next = who.sub
      people.set(who.sub, who)
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
