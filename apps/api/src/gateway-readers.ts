import type { Keys } from '@packages/db/keys/open-keys'
import { RootKeyUnknownError } from '@packages/db/keys/root-keys'
import type { Database } from '@packages/db/open-database'
import { currentPolicyPosition, tailPolicyLog } from '@packages/db/policy-log'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PolicyEntry } from '@packages/shared/policy-log'
import { authorize } from './authorization/authorize.ts'
import { AccessTokens } from './plugins/authenticate/access-tokens.ts'
import { ApiKeyUsage } from './plugins/authenticate/api-key-usage.ts'
import { Authenticator } from './plugins/authenticate/authenticator.ts'
import { ORGANIZATION_HEADER } from './plugins/authenticate/select-organization.ts'
import type { SessionCookie } from './plugins/authenticate/session-cookie.ts'
import { SessionUsage } from './plugins/authenticate/session-usage.ts'
import { followMasterKey } from './private/follow-master-key.ts'
import { openFileName } from './private/private-rows.ts'
import { findTenantSeal } from './private/tenant-seal.ts'
import { SigningKeys } from './plugins/authenticate/signing-keys.ts'

export type GatewayReadersDeps = {
  db: Database
  keys: Pick<Keys, 'masterKey' | 'tenantKeys' | 'rootKeys'>
  publicUrl: string
  logger: MinimalLogger
}

export type GatewayReaders = {
  /** The organization whose files this Bearer credential reads, and the ids that it hangs on beside. @throws HoldfastError */
  authenticate(credential: {
    token: string
    organization: string | undefined
    address: string
    isAgain: boolean
  }): Promise<{ organizationId: string; hangsOn: readonly string[] }>
  /** What is asked from now on is answered by what these say. */
  hear(entries: readonly PolicyEntry[]): void
  /** What private files are opened by. */
  privateFiles: {
    /** Undefined once it was destroyed. */
    rootKey(organizationId: string, contentId: string): Promise<Uint8Array | undefined>
    openName(organizationId: string, file: { id: string; sealed: string }): Promise<string>
    cidHash(organizationId: string, canonicalCid: string): Promise<Buffer | undefined>
  }
  stop(): Promise<void>
}

/** A gateway neither reads nor sets any. */
const NO_COOKIES: SessionCookie = { name: '', read: () => undefined, write: () => '', clear: () => '' }

/** The API's own verifier for a gateway: API keys and access tokens, no cookies. What is revoked stops within a second here too. */
export const openGatewayReaders = async (deps: GatewayReadersDeps): Promise<GatewayReaders> => {
  const { db, keys, publicUrl, logger } = deps
  const { masterKey, tenantKeys, rootKeys } = keys
  const { kysely } = db
  const signingKeys = await SigningKeys.open({ db, masterKey, logger })
  const apiKeyUsage = new ApiKeyUsage({ kysely, logger })
  const sessionUsage = new SessionUsage({ kysely, logger })
  const authenticator = new Authenticator({
    kysely,
    accessTokens: new AccessTokens(signingKeys, publicUrl),
    sessionCookie: NO_COOKIES,
    apiKeyUsage,
    sessionUsage,
  })
  const tail = await tailPolicyLog(db, {
    from: await currentPolicyPosition(kysely),
    onEntries: async (entries) => {
      entries.forEach((entry) => authenticator.invalidate(entry))
      if (entries.some(({ kind }) => kind === 'signing-keys.changed')) await signingKeys.load()
      followMasterKey({ kysely, tenantKeys, logger }, entries)
    },
    logger,
  })
  apiKeyUsage.start()
  sessionUsage.start()
  return {
    hear: (entries) => entries.forEach((entry) => authenticator.invalidate(entry)),
    authenticate: async ({ token, organization, address, isAgain }) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(organization === undefined ? {} : { [ORGANIZATION_HEADER]: organization }),
      }
      const actor = await authenticator.authenticate({ headers, ip: address, isAgain })
      authorize(actor, 'files:read')
      const { organizationId, userId, apiKeyId, sessionId } = actor
      return { organizationId, hangsOn: [userId, apiKeyId, sessionId].filter((id) => id !== undefined) }
    },
    privateFiles: {
      rootKey: (organizationId, contentId) =>
        rootKeys.openRootKey(kysely, organizationId, contentId).catch((error: unknown) => {
          if (error instanceof RootKeyUnknownError) return undefined
          throw error
        }),
      openName: async (organizationId, { id, sealed }) => {
        const seal = await findTenantSeal({ db, tenantKeys }, organizationId)
        if (seal === undefined) throw new HoldfastError('not_found')
        return openFileName(seal, id, sealed)
      },
      cidHash: async (organizationId, canonicalCid) =>
        (await findTenantSeal({ db, tenantKeys }, organizationId))?.cidHash(canonicalCid),
    },
    stop: async () => {
      await tail.stop()
      await apiKeyUsage.stop()
      await sessionUsage.stop()
    },
  }
}
