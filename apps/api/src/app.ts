import type { Database } from '@packages/db/open-database'
import { AuditWriter } from '@packages/db/audit/audit-writer'
import { DomainLooks } from '@packages/db/gateway-domains/domain-looks'
import { currentPolicyPosition, tailPolicyLog } from '@packages/db/policy-log'
import { PinCommitter } from '@packages/db/pins/pin-committer'
import { readTakedowns, Takedowns } from '@packages/db/takedowns'
import type { RootKeys } from '@packages/db/keys/root-keys'
import type { TenantKeys } from '@packages/db/keys/tenant-keys'
import { createTxtLookUp, type LookUpTxt } from '@packages/runtime/dns/txt-look-up'
import type { TlsCertificates } from '@packages/runtime/tls/tls-certificates'
import type { RateLimiter } from '@packages/runtime/rate-limiter'
import type { MasterKey } from '@packages/runtime/master-key'
import { type MinimalLogger, silentLogger } from '@packages/runtime/minimal-logger'
import { ScryptPasswords } from '@packages/runtime/scrypt-password'
import type { FastifyBaseLogger } from 'fastify'
import type { ApiInstance } from './api-instance.ts'
import { DeniedContent, type DeniedContentDeps } from './content/denied-content.ts'
import { createShell } from './create-shell.ts'
import { authSecretOf, createBetterAuth } from './features/auth/better-auth.ts'
import { Confirmations } from './features/auth/confirmation/confirmations.ts'
import { UserCodeHashes } from './features/auth/device-login/code-hashes.ts'
import { PasskeyChallenges } from './features/auth/passkeys/passkey-challenges.ts'
import { relyingPartyOf } from './features/auth/passkeys/relying-party.ts'
import { Mailbox } from './features/auth/mailbox.ts'
import { createOidc, issuerOf, type OidcOptions } from './features/auth/oidc/create-oidc.ts'
import { Passwords } from './features/auth/passwords.ts'
import type { RegistrationOptions } from './features/auth/registration/register.ts'
import { RequestCounts } from './features/auth/request-counts.ts'
import { SignInLimit } from './features/auth/sign-in-limit.ts'
import type { CarsDeps } from './features/cars/routes.ts'
import { EventWakes } from './features/events/event-wakes.ts'
import { OpenStreams } from './features/events/open-streams.ts'
import type { FilesDeps } from './features/files/routes.ts'
import type { HealthDeps } from './features/health/routes.ts'
import type { NodePool } from './features/nodes/node-pool.ts'
import type { PinsDeps } from './features/pins/routes.ts'
import { LongLists } from './features/psa/long-lists.ts'
import type { PsaDeps } from './features/psa/routes.ts'
import { SampledNames } from './features/psa/sampled-names.ts'
import { createUploads, type UploadParts } from './features/uploads/create-uploads.ts'
import { openApiDocument } from './openapi/openapi-document.ts'
import { accountHash } from './plugins/audit/account-hash.ts'
import { AccessTokens } from './plugins/authenticate/access-tokens.ts'
import { ApiKeyUsage } from './plugins/authenticate/api-key-usage.ts'
import { Authenticator } from './plugins/authenticate/authenticator.ts'
import { createSessionCookie } from './plugins/authenticate/session-cookie.ts'
import { SessionUsage } from './plugins/authenticate/session-usage.ts'
import { SigningKeys } from './plugins/authenticate/signing-keys.ts'
import type { CorsOrigins } from './plugins/cors/cors-policy.ts'
import type { DashboardOptions } from './plugins/dashboard/install-dashboard.ts'
import { Idempotency } from './plugins/idempotency/idempotency.ts'
import { UsageMeter } from './plugins/metering/usage-meter.ts'
import type { ApiRateLimiters } from './plugins/rate-limit.ts'
import { followMasterKey } from './private/follow-master-key.ts'
import { registerRoutes } from './register-routes.ts'
import { cutRequests } from './open-requests/cut-requests.ts'
import { DOWNLOAD_LIMITS } from './open-requests/open-download.ts'
import { OpenRequests } from './open-requests/open-requests.ts'
import { type OpenRequest, reviewRequest } from './open-requests/review-request.ts'
import { GatewayChanges } from './gateway-changes.ts'
import { DefaultVisibilities } from './private/default-visibilities.ts'
import { QuotaGate } from './upload-body/quota-gate.ts'
import { UPLOAD_LIMITS } from './upload-body/upload-limits.ts'

export type ApiDeps = {
  db: Database
  masterKey: MasterKey
  tenantKeys: TenantKeys
  rootKeys: RootKeys
  /** pino; none means no log. */
  logger?: FastifyBaseLogger & MinimalLogger
  /** Origin by which browsers reach the API. */
  publicUrl: string
  /** Listens with TLS. */
  tls?: TlsCertificates
  trustedProxies?: readonly string[]
  /** HSTS holds for hosts below ours, too. */
  hstsSubdomains?: boolean
  /** Whose pages may call the API with a key or token; nobody's when not told. */
  corsOrigins?: CorsOrigins
  rateLimiters: ApiRateLimiters
  /** Counts `GATEWAY_CHANGES` of each organization. */
  gatewayChanges: RateLimiter
  /** Who gets an account; by invitation when not told. */
  registration?: RegistrationOptions
  /** The OpenID provider for single sign-on; none means that there is none. */
  oidc?: OidcOptions | null
  /** How many organizations a user who is no operator may own; 3 when not told. */
  organizationsPerUser?: number
  /** The longest time that a link to a file may work; 30 days when not told. */
  linkMaxAgeMs?: number
  /** Whether somebody works the job `send-mail`; without, what needs mail answers `not_configured`. */
  mailConfigured?: boolean
  dashboard?: DashboardOptions
  /** How long backups are kept, for receipts of erasures; null: the operator has not said. */
  backupRetentionMs?: number | null
  /** Where operators may add nodes; without it there is no pool of nodes. */
  nodePool?: NodePool | null
  /** How often streams of events give a sign of life; 15 s when not told. */
  events?: { heartbeatMs: number }
  /** How long a key signs access tokens before it gets a successor; 0, which is the default, keeps it. */
  signingKeyMaxAgeMs?: number
  /** Who is asked for the proofs of domains, and which hosts are the platform's own; nobody and none when not told. */
  gatewayDomains?: { lookUpTxt: LookUpTxt; ownHosts: readonly string[] }
  /** The operator's denylists; none when not told. */
  denylist?: DeniedContentDeps['denylist']
  /** The content store and what keeps it; without it there are no routes for files, pins and health. */
  content?: ContentDeps
}

export type ContentDeps = UploadParts &
  Omit<
    FilesDeps & CarsDeps & PinsDeps & PsaDeps & HealthDeps,
    | 'db'
    | 'idempotency'
    | 'openUploads'
    | 'openDownloads'
    | 'quota'
    | 'visibilities'
    | 'tenantKeys'
    | 'rootKeys'
    | 'pinCommitter'
    | 'rateLimiters'
    | 'denied'
    | 'longLists'
    | 'sampledNames'
  >

/** The whole API, ready to listen. `close` drains it, and ends what it runs in the background. */
export const buildApi = async (deps: ApiDeps): Promise<ApiInstance> => {
  const { db, masterKey, tenantKeys, rootKeys, publicUrl, rateLimiters, logger = silentLogger } = deps
  const { kysely } = db
  // State that entries of the log change is read after this place, and entries are heard from there.
  const policyFrom = await currentPolicyPosition(kysely)
  const takedowns = new Takedowns(await readTakedowns(kysely))
  const denied = new DeniedContent({ takedowns, denylist: deps.denylist })
  const secret = authSecretOf(masterKey)
  const signingKeys = await SigningKeys.open({ db, masterKey, logger, maxAgeMs: deps.signingKeyMaxAgeMs ?? 0 })
  const accessTokens = new AccessTokens(signingKeys, publicUrl)
  const sessionCookie = createSessionCookie({ secret, https: publicUrl.startsWith('https:') })
  const apiKeyUsage = new ApiKeyUsage({ kysely, logger })
  const sessionUsage = new SessionUsage({ kysely, logger })
  const usage = { apiKeyUsage, sessionUsage }
  const authenticator = new Authenticator({ kysely, accessTokens, sessionCookie, ...usage })
  const idempotency = new Idempotency({ kysely, masterKey })
  const passwords = new Passwords()
  const signInLimit = new SignInLimit(rateLimiters)
  const { registration = { mode: 'invite', perAddress: 20, perDomain: 500 }, mailConfigured = false } = deps
  const mailbox = mailConfigured ? new Mailbox({ masterKey, publicUrl }) : null
  const relyingParty = relyingPartyOf(publicUrl)
  const requestCounts = new RequestCounts({ kysely, masterKey })
  const passkeyChallenges = new PasskeyChallenges(masterKey)
  const confirmations = new Confirmations({ passkeyChallenges })
  const proving = { passwords, signInLimit, confirmations }
  const people = { db, idempotency, mailbox, authenticator, requestCounts, registration, ...proving }
  const oidc = deps.oidc ?? null
  const betterAuth = createBetterAuth({ db, secret, publicUrl, authenticator, passwords, logger })

  const meter = new UsageMeter({ kysely, logger })
  const auditWriter = new AuditWriter({ kysely, logger, hashAccount: accountHash(masterKey) })
  const { app, routes } = await createShell({ ...deps, authenticator, meter, auditWriter })
  const review = (request: OpenRequest) => reviewRequest(authenticator, request)
  const openUploads = new OpenRequests({ what: 'uploads', review, limits: UPLOAD_LIMITS })
  const openDownloads = new OpenRequests({ what: 'downloads', review, limits: DOWNLOAD_LIMITS })
  const pinCommitter = new PinCommitter({ unitOfWork: db.unitOfWork, logger })
  const admission = { quota: new QuotaGate(kysely), visibilities: new DefaultVisibilities(kysely) }
  const uploads = { ...admission, openUploads, openDownloads, pinCommitter, denied }
  const content =
    deps.content === undefined
      ? undefined
      : { ...deps.content, ...uploads, db, idempotency, tenantKeys, rootKeys, rateLimiters }
  const resumable = content === undefined ? undefined : createUploads({ ...content, logger })
  const links = {
    linkPasswords: new ScryptPasswords(),
    linkMaxAgeMs: deps.linkMaxAgeMs ?? 30 * 86_400_000,
    gatewayUrl: deps.dashboard?.gatewayUrl ?? null,
  }
  const changes = new GatewayChanges(deps.gatewayChanges)
  const { lookUpTxt, ownHosts } = deps.gatewayDomains ?? { lookUpTxt: createTxtLookUp([]), ownHosts: [] }
  const openStreams = new OpenStreams()
  const eventWakes = new EventWakes({ db, logger })
  registerRoutes(app, {
    setup: {
      db,
      idempotency,
      passwords,
      gatewayUrl: deps.dashboard?.gatewayUrl ?? null,
      registration: registration.mode,
      mail: mailConfigured,
      singleSignOn: oidc?.label ?? null,
      passkeys: relyingParty !== null,
    },
    auth: {
      db,
      idempotency,
      accessTokens,
      signInLimit,
      passwords,
      authenticator,
      sessionCookie,
      sessionUsage,
      signingKeys,
    },
    betterAuth: { db, publicUrl, handler: betterAuth.handler, signInLimit },
    passkeys: {
      ...people,
      masterKey,
      accessTokens,
      sessionCookie,
      relyingParty,
      passkeyChallenges,
    },
    confirmation: { db, signInLimit, relyingParty, passkeyChallenges, confirmations },
    ways: { db, mailbox, singleSignOn: oidc && { issuer: issuerOf(oidc), label: oidc.label } },
    secondFactor: {
      ...people,
      masterKey,
      accessTokens,
      sessionCookie,
      issuer: `Holdfast (${new URL(publicUrl).hostname})`,
    },
    deviceLogin: { db, accessTokens, requestCounts, publicUrl, userCodeHashes: new UserCodeHashes(masterKey) },
    oidc: createOidc(oidc, { ...people, masterKey, publicUrl, sessionCookie, logger }),
    addresses: people,
    registration: people,
    invitations: { ...people, publicUrl },
    users: { db, idempotency, passwords },
    apiKeys: { db, idempotency, authenticator },
    organizations: { ...people, organizationsPerUser: deps.organizationsPerUser ?? 3 },
    tenants: { db, authenticator },
    plans: { db, meter, registration },
    nodes: { db, masterKey, nodePool: deps.nodePool ?? null },
    takedowns: { db, idempotency, takedowns },
    gateways: { db, idempotency, changes, looks: new DomainLooks({ db, lookUp: lookUpTxt, logger }), ownHosts },
    ipns: { db, ...proving, tenantKeys, idempotency, denied, changes },
    groups: { db, idempotency },
    events: { db, authenticator, openStreams, eventWakes, ...deps.events },
    usage: { db, meter },
    auditLog: { db, openDownloads },
    export: { db, openDownloads, tenantKeys, rootKeys, store: content?.store, far: content?.far },
    importArchive: content,
    erasure: { db, ...proving, authenticator, backupRetentionMs: deps.backupRetentionMs ?? null },
    files: content,
    links: content && { ...content, ...links },
    uploads: resumable,
    cars: content,
    cid: content,
    pins: content,
    psa: content && { ...content, longLists: new LongLists(), sampledNames: new SampledNames({ kysely }) },
    health: content,
    docs: { openApiDocument: () => openApiDocument(routes) },
  })
  // What other processes revoke must stop working here too.
  const policyTail = await tailPolicyLog(db, {
    from: policyFrom,
    onEntries: async (entries) => {
      takedowns.hear(entries)
      entries.forEach((entry) => authenticator.invalidate(entry))
      for (const entry of entries) for (const open of [openUploads, openDownloads]) cutRequests(entry, open)
      for (const entry of entries) openStreams.follow(entry)
      if (entries.some(({ kind }) => kind === 'signing-keys.changed')) await signingKeys.load()
      followMasterKey({ kysely, tenantKeys, logger }, entries)
    },
    logger,
  })
  apiKeyUsage.start()
  meter.start()
  auditWriter.start()
  sessionUsage.start()
  signingKeys.start()
  resumable?.work.start()
  // They would never end by themselves.
  app.addHook('preClose', async () => openStreams.endAll())
  app.addHook('onClose', async () => {
    await eventWakes.stop()
    await pinCommitter.close()
    await resumable?.work.stop()
    await policyTail.stop()
    await signingKeys.stop()
    await apiKeyUsage.stop()
    await meter.stop()
    await auditWriter.stop()
    await sessionUsage.stop()
  })
  await app.ready()
  return app
}
