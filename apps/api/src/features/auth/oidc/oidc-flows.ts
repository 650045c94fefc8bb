import { hash, randomBytes, randomUUIDv7 } from 'node:crypto'
import { openColumn, sealColumn, type SealedPlace } from '@packages/db/sealed-columns'
import { pruneRows } from '@packages/db/prune-rows'
import type { Tables } from '@packages/db/tables'
import type { MasterKey } from '@packages/runtime/master-key'
import { type Kysely, sql } from 'kysely'
import type { FlowSecrets } from './openid-provider.ts'

export const FLOW_SECONDS = 600

export type OidcFlowsDeps = { kysely: Kysely<Tables>; masterKey: Pick<MasterKey, 'seal' | 'open'> }

const secret = (): string => randomBytes(32).toString('base64url')
const hashOf = (text: string): Buffer => hash('sha256', text, 'buffer')
const placeOf = (row: string): SealedPlace => ({ column: 'oidc_logins.sealed', row, tenant: null })

/** What a way to the provider is for; one that begins in a session ends with it. */
export type FlowPurpose = { purpose: 'sign-in' } | { purpose: 'link' | 'confirm'; sessionId: string }

/** Ways to the provider that are under way. */
export class OidcFlows {
  readonly #deps: OidcFlowsDeps

  constructor(deps: OidcFlowsDeps) {
    this.#deps = deps
  }

  /** `browser` goes into the cookie of who begins, `state` through the provider; both have to come back together. */
  async begin(what: FlowPurpose): Promise<FlowSecrets & { state: string; browser: string }> {
    const { kysely, masterKey } = this.#deps
    const id = randomUUIDv7()
    const flow = { state: secret(), browser: secret(), nonce: secret(), verifier: secret() }
    const { nonce, verifier } = flow
    await kysely
      .insertInto('oidc_logins')
      .values({
        id,
        state_hash: hashOf(flow.state),
        browser_hash: hashOf(flow.browser),
        purpose: what.purpose,
        session_id: what.purpose === 'sign-in' ? null : what.sessionId,
        sealed: sealColumn(masterKey, placeOf(id), Buffer.from(JSON.stringify({ nonce, verifier }))),
        expires_at: sql<Date>`now() + ${FLOW_SECONDS} * interval '1 second'`,
      })
      .execute()
    return flow
  }

  /** Once: of many that come with one state, one gets it. Undefined for another browser's, and for one that has expired. */
  async take(state: string, browser: string): Promise<(FlowSecrets & FlowPurpose) | undefined> {
    const { kysely, masterKey } = this.#deps
    const row = await kysely
      .deleteFrom('oidc_logins')
      .where('state_hash', '=', hashOf(state))
      .where('browser_hash', '=', hashOf(browser))
      .where('expires_at', '>', sql<Date>`now()`)
      .returning(['id', 'purpose', 'session_id', 'sealed'])
      .executeTakeFirst()
    if (row === undefined) return undefined
    const secrets = JSON.parse(openColumn(masterKey, placeOf(row.id), row.sealed).toString()) as FlowSecrets
    const { purpose, session_id: sessionId } = row
    if (purpose === 'sign-in' || sessionId === null) return { ...secrets, purpose: 'sign-in' }
    return { ...secrets, purpose, sessionId }
  }
}

/** Deletes up to `limit` that have expired; returns how many. */
export const pruneOidcLogins = (db: Kysely<Tables>, limit: number): Promise<number> =>
  pruneRows(db, 'oidc_logins', { where: sql`expires_at < now()`, limit })
