import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PolicyEntry } from '@packages/shared/policy-log'
import type { Actor } from '../../authorization/actor.ts'

export const STREAM_LIMITS = { perCredential: 10, perOrganization: 100, perProcess: 1_000, retryAfterSeconds: 15 }

type OpenStream = { actor: Actor; end: () => void }

/** The streams of events that are open in this process. One ends when what its caller may has changed: they come again, and are asked anew. */
export class OpenStreams {
  readonly #open = new Set<OpenStream>()
  readonly #limits: typeof STREAM_LIMITS

  constructor(limits: typeof STREAM_LIMITS = STREAM_LIMITS) {
    this.#limits = limits
  }

  /** Counts one more. @returns what is to be called when it has ended @throws HoldfastError `rate_limited`, `unavailable` */
  begin(actor: Actor, end: () => void): () => void {
    const { perCredential, perOrganization, perProcess, retryAfterSeconds } = this.#limits
    const headers = { 'retry-after': String(retryAfterSeconds) }
    const refuse = (most: number, whose: string): never => {
      throw new HoldfastError('rate_limited', { detail: `${whose} may have ${most} streams open at once.`, headers })
    }
    const all = [...this.#open]
    if (all.filter((one) => credentialOf(one.actor) === credentialOf(actor)).length >= perCredential)
      refuse(perCredential, 'A key or session')
    if (all.filter((one) => one.actor.organizationId === actor.organizationId).length >= perOrganization)
      refuse(perOrganization, 'An organization')
    if (all.length >= perProcess)
      throw new HoldfastError('unavailable', { detail: 'Too many streams are open.', headers })
    const stream = { actor, end }
    this.#open.add(stream)
    return () => void this.#open.delete(stream)
  }

  /** Ends those that an entry of the policy log is about. */
  follow(entry: PolicyEntry): void {
    const isMeant = meantBy(entry)
    if (isMeant !== undefined) for (const { actor, end } of this.#open) if (isMeant(actor)) end()
  }

  endAll(): void {
    for (const { end } of this.#open) end()
  }
}

const credentialOf = ({ apiKeyId, sessionId, userId }: Actor): string => apiKeyId ?? sessionId ?? userId

const meantBy = (entry: PolicyEntry): ((actor: Actor) => boolean) | undefined => {
  if (entry.kind === 'api-key.revoked' || entry.kind === 'api-key.changed')
    return ({ apiKeyId }) => apiKeyId === entry.apiKeyId
  if (entry.kind === 'session.revoked') return ({ sessionId }) => sessionId === entry.sessionId
  if (entry.kind === 'user.changed') return ({ userId }) => userId === entry.userId
  if (entry.kind === 'organization.changed') return ({ organizationId }) => organizationId === entry.organizationId
  return undefined
}
