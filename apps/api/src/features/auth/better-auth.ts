import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { betterAuth } from 'better-auth'
import { organization } from 'better-auth/plugins/organization'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'
import { cookiePrefix } from '../../plugins/authenticate/session-cookie.ts'
import type { Passwords } from './passwords.ts'
import { endUnlessPasswordOnly, requirePasswordOnly } from './second-factor/session-gate.ts'
import { SESSION_SECONDS } from './sessions.ts'

export type BetterAuthDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  /** From `authSecretOf`. */
  secret: string
  publicUrl: string
  authenticator: Pick<Authenticator, 'invalidate'>
  /** The same as log-in uses: one bound for all. */
  passwords: Pick<Passwords, 'hash' | 'isRight'>
  logger: MinimalLogger
}

/** better-auth's secret signs session cookies; it comes from the master key, so that there is one key to keep. */
export const authSecretOf = (masterKey: MasterKey): string =>
  Buffer.from(masterKey.derive('holdfast/better-auth/v1')).toString('base64url')

const dates = { createdAt: 'created_at', updatedAt: 'updated_at' }

/**
 * better-auth on our tables (snake_case, UUIDv7 ids). Sign-up is closed: the set-up and operators make accounts.
 * What it changes by itself is told to the policy log and the outbox by its hooks.
 */
export const createBetterAuth = (deps: BetterAuthDeps) => {
  const { passwords } = deps
  const https = deps.publicUrl.startsWith('https:')
  const { unitOfWork } = deps.db
  return betterAuth({
    appName: 'Holdfast',
    baseURL: deps.publicUrl,
    basePath: '/api/auth',
    secret: deps.secret,
    trustedOrigins: [deps.publicUrl],
    telemetry: { enabled: false },
    // What it calls errors are mistakes of callers, and quotes what they sent.
    logger: {
      log: (level, message) =>
        deps.logger[level === 'debug' ? 'debug' : 'info']({ from: 'better-auth' }, message.slice(0, 200)),
    },
    // Ours counts by address and account, and works across processes.
    rateLimit: { enabled: false },
    database: { db: deps.db.kysely, type: 'postgres' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      password: {
        hash: (password) => passwords.hash(password),
        verify: ({ hash, password }) => passwords.isRight(hash, password),
      },
    },
    // Its own errors it answers still; ours (no room to check a password) become problems.
    onAPIError: { throw: true },
    user: { modelName: 'users', fields: { ...dates, emailVerified: 'email_verified' } },
    session: {
      modelName: 'sessions',
      expiresIn: SESSION_SECONDS,
      updateAge: 24 * 3600,
      fields: {
        ...dates,
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
    },
    account: {
      modelName: 'accounts',
      fields: {
        ...dates,
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
    verification: { modelName: 'verifications', fields: { ...dates, expiresAt: 'expires_at' } },
    advanced: {
      // Its own switch would put `__Secure-` before the name.
      cookiePrefix: cookiePrefix(https),
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', secure: https, path: '/' },
      database: { generateId: () => randomUUIDv7() },
      // The bridge sets it to Fastify's `request.ip`, which knows whose X-Forwarded-For to believe.
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
    databaseHooks: {
      session: {
        create: {
          // The one gate for what better-auth starts; `session-gate.ts` says why twice.
          before: async ({ userId }) => requirePasswordOnly(deps.db.kysely, userId),
          after: async (session) => {
            await endUnlessPasswordOnly(deps.db.kysely, session)
            await unitOfWork.run(async (uow) => {
              const { id: subject, userId: actorId } = session
              uow.record({ kind: 'session.created', organizationId: null, actorId, subject, payload: {} })
            })
          },
        },
        delete: {
          after: async (session) => {
            const { id: sessionId, userId: actorId } = session
            await unitOfWork.run(async (uow) => {
              uow.policy({ kind: 'session.revoked', sessionId })
              const payload = { reason: 'signed-out' }
              uow.record({ kind: 'session.revoked', organizationId: null, actorId, subject: sessionId, payload })
            })
            deps.authenticator.invalidate({ kind: 'session.revoked', sessionId })
          },
        },
      },
    },
    plugins: [
      organization({
        allowUserToCreateOrganization: false,
        schema: {
          organization: { modelName: 'organizations', fields: { createdAt: 'created_at' } },
          member: {
            modelName: 'members',
            fields: { organizationId: 'organization_id', userId: 'user_id', createdAt: 'created_at' },
          },
          invitation: {
            modelName: 'invitations',
            fields: {
              organizationId: 'organization_id',
              inviterId: 'inviter_id',
              expiresAt: 'expires_at',
              createdAt: 'created_at',
            },
          },
          session: { fields: { activeOrganizationId: 'active_organization_id' } },
        },
      }),
    ],
  })
}

/** Never taken from a caller: the bridge overwrites it. */
export const CLIENT_ADDRESS_HEADER = 'x-holdfast-client-address'

export type BetterAuth = ReturnType<typeof createBetterAuth>
