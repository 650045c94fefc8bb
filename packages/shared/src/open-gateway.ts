import { z } from 'zod'

/** A gateway of an organization as workers need it: who may read through it, and how much. It crosses the policy log whole. */
export const openGatewaySchema = z.object({
  id: z.string(),
  /** Of a suspended organization: its name is taken, and nothing is answered by it. */
  closed: z.boolean().optional(),
  tokenRequired: z.boolean(),
  /** SHA-256 of each token, in hex. */
  tokens: z.array(z.string()),
  /** Its own, that were proven to be so; see `domainNameOf`. */
  domains: z.array(z.string()).default([]),
  addresses: z.array(z.string()),
  hosts: z.array(z.string()),
  referrers: z.array(z.string()),
  requestsPerMinute: z.number().nullable(),
  bytesPerMinute: z.number().nullable(),
  indexPath: z.string().nullable(),
  notFoundPath: z.string().nullable(),
})

export type OpenGateway = z.infer<typeof openGatewaySchema>
