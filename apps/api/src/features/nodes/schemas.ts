import { z } from 'zod'

export const nodeSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    kind: z.enum(['embedded', 'kubo', 'cluster']).describe('`embedded`: the own store.'),
    network: z.enum(['public', 'private']).describe('The two are never mixed.'),
    zone: z.string(),
    intent: z.enum(['active', 'draining', 'removed']),
    state: z
      .enum(['unknown', 'up', 'down', 'refused'])
      .describe('`refused`: it answers, and its settings or credentials make it unusable.'),
    reason: z.string().nullable().describe('Why it is not up.'),
    stateSince: z.string().describe('RFC 3339, UTC.'),
    seenAt: z.string().nullable().describe('When it last answered.'),
    peerId: z.string().nullable(),
    addresses: z.array(z.string()).describe('By which others can dial it; of public nodes alone.'),
    version: z.string().nullable(),
    capacityBytes: z.number().int().nullable(),
    usedBytes: z.number().int().nullable(),
    copies: z
      .object({
        pinned: z.number().int().describe('Which the node itself has confirmed.'),
        waiting: z.number().int().describe('Which it is to get.'),
        releasing: z.number().int().describe('Which it is to let go.'),
        unreachable: z.number().int().describe('Of which it cannot be asked now.'),
      })
      .meta({ id: 'NodeCopies' }),
  })
  .meta({ id: 'Node' })

export const nodeListSchema = z.object({ nodes: z.array(nodeSchema).describe('By name.') }).meta({ id: 'NodeList' })
