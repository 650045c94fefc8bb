import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Database } from '@packages/db/open-database'
import type { SessionCookie } from '../../../plugins/authenticate/session-cookie.ts'
import type { Confirmations } from '../confirmation/confirmations.ts'
import type { ProveIdentityDeps } from '../confirmation/prove-identity.ts'
import type { Mailbox } from '../mailbox.ts'
import type { LimitSignUpsDeps } from '../registration/register.ts'
import { flowCookie } from './flow-cookie.ts'
import { guardedFetch } from './guarded-fetch.ts'
import type { OidcPolicy } from './judge-claims.ts'
import { OidcFlows } from './oidc-flows.ts'
import { OpenIdProvider } from './openid-provider.ts'
import { CALLBACK_PATH, type OidcDeps } from './routes.ts'

export type OidcOptions = {
  issuer: string
  clientId: string
  clientSecret: string
  /** What the dashboard's button says. */
  label: string
  policy: OidcPolicy
}

type Parts = LimitSignUpsDeps &
  ProveIdentityDeps & {
    db: Pick<Database, 'kysely' | 'unitOfWork'>
    masterKey: MasterKey
    publicUrl: string
    sessionCookie: Pick<SessionCookie, 'write'>
    mailbox: Mailbox | null
    logger: MinimalLogger
    confirmations: Confirmations
  }

/** As accounts are linked to it. */
export const issuerOf = ({ issuer }: Pick<OidcOptions, 'issuer'>): string => new URL(issuer).href

/** Single sign-on by the operator's provider, or none. */
export const createOidc = (options: OidcOptions | null, parts: Parts): OidcDeps | undefined => {
  if (options === null) return undefined
  const { clientId, clientSecret, policy } = options
  // One spelling, for accounts are linked to it.
  const issuer = issuerOf(options)
  const wayOut = guardedFetch(new URL(issuer))
  const { publicUrl, logger, db, masterKey } = parts
  const redirectUri = `${publicUrl}${CALLBACK_PATH}`
  const wanted = policy.claims.map(({ name }) => name)
  return {
    ...parts,
    issuer,
    policy,
    flowCookie: flowCookie(publicUrl.startsWith('https:')),
    flows: new OidcFlows({ kysely: db.kysely, masterKey }),
    provider: new OpenIdProvider({ issuer, clientId, clientSecret, redirectUri, wanted, wayOut, logger }),
  }
}
