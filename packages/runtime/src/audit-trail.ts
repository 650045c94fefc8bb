import { AsyncLocalStorage } from 'node:async_hooks'

/** What a caller showed: `none` before a sign-in, `command-line` for an operator at the machine, `platform` for what no request asked for. */
export type AuditCredential = 'session' | 'api-key' | 'none' | 'command-line' | 'platform'

/** What the audit log says of a request beside the change itself. It goes along with the request's asynchronous calls. */
export type AuditTrail = {
  readonly requestId: string | null
  readonly address: string | null
  readonly userAgent: string | null
  /** Known once the credential was looked at. */
  credential: AuditCredential
  userId: string | null
  organizationId: string | null
  /** Code of the error that the request was answered with. */
  refusal: string | null
  /** Rows that changes of this request have given to the log. */
  written: number
}

/** Holds nothing between requests, so two platforms of one process may share it. */
const trails = new AsyncLocalStorage<AuditTrail>()

/** The trail of the request that is being worked on; null outside of requests. */
export const currentTrail = (): AuditTrail | null => trails.getStore() ?? null

/** Runs `work` and all that it starts under a trail. */
export const runWithTrail = <T>(trail: AuditTrail, work: () => T): T => trails.run(trail, work)
