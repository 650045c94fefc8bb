import { z } from 'zod'
import { openGatewaySchema } from './open-gateway.ts'
import { TAKEDOWN_STATUSES } from './takedown.ts'

/**
 * What gateways and request authentication must know, written in the change's own transaction
 * (architecture, hard case 10).
 */
export const policyEntrySchema = z.discriminatedUnion('kind', [
  /** The last live pin of a content went: drop what is cached of this root. `cid` is canonical (v1, base32). */
  z.object({ kind: z.literal('content.released'), realm: z.string(), cid: z.string(), contentId: z.string() }),
  /** A public file row of this CID came or went: forget cached answers for `/ipfs/:cid/:name`. */
  z.object({ kind: z.literal('file.named'), cid: z.string(), name: z.string() }),
  z.object({ kind: z.literal('file.unnamed'), cid: z.string(), name: z.string() }),
  /** Credentials that must stop working at once. */
  z.object({ kind: z.literal('api-key.revoked'), apiKeyId: z.string() }),
  /** The key's secret, scopes or limits changed. */
  z.object({ kind: z.literal('api-key.changed'), apiKeyId: z.string() }),
  z.object({ kind: z.literal('session.revoked'), sessionId: z.string() }),
  z.object({ kind: z.literal('user.changed'), userId: z.string() }),
  /** An operator suspended, froze or restored the tenant. */
  z.object({ kind: z.literal('organization.changed'), organizationId: z.string() }),
  /** Another record is in force for an IPNS name, or none is kept here any more: forget where it leads. */
  z.object({ kind: z.literal('ipns.published'), name: z.string() }),
  /** A link to a file: what is being sent through it is to be cut. */
  z.object({ kind: z.literal('link.revoked'), linkId: z.string() }),
  /** An operator has taken content down, whoever holds it; null: it may be served again. `key`: see `takedownKey`. */
  z.object({
    kind: z.literal('takedown.changed'),
    key: z.string(),
    takedown: z.object({ status: z.literal(TAKEDOWN_STATUSES), caseNumber: z.string() }).nullable(),
  }),
  /** A gateway of an organization, whole as it is now; null: it answers no more. */
  z.object({ kind: z.literal('gateway.changed'), name: z.string(), gateway: openGatewaySchema.nullable() }),
  /** A key that signs access tokens came or was retired: read them again. */
  z.object({ kind: z.literal('signing-keys.changed') }),
  /** A version of the master key came or went: read the keys again. */
  z.object({ kind: z.literal('master-key.changed') }),
])

export type PolicyEntry = z.infer<typeof policyEntrySchema>

/** A place in the log: readers see only entries below the oldest running transaction (hard case 11). */
export type LogPosition = { xid: string; id: string }
