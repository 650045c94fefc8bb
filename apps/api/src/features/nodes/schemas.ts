import { kuboNodeFields } from '@packages/runtime/config/kubo-nodes'
import { z } from 'zod'

export const nodeSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    kind: z.enum(['embedded', 'kubo', 'cluster']).describe('`embedded`: the own store.'),
    network: z.enum(['public', 'private']).describe('The two are never mixed.'),
    zone: z.string(),
    labels: z.record(z.string(), z.string()).describe('What an operator says of it.'),
    intent: z.enum(['active', 'draining', 'removed']),
    isAdded: z.boolean().describe('By an operator; otherwise the settings name it, or it is the own store.'),
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
    releasedBytes: z.number().int().describe('Of what was released there, until its garbage is collected.'),
    collectedAt: z.string().nullable().describe('When its garbage was collected last.'),
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

/** No control characters: these stand in lists and logs. */
const word = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\p{L}\p{N} ._:/-]*$/u, 'letters, digits, spaces and ._:/- only')

const labelsField = z
  .record(word(64), word(255))
  .refine((labels) => Object.keys(labels).length <= 32, 'at most 32 labels')

export const newNodeSchema = z
  .strictObject({
    url: kuboNodeFields.url.describe('Of its RPC, such as `https://10.0.0.2:5001`, without a path. It is told nobody.'),
    token: kuboNodeFields.token
      .optional()
      .describe(
        'The secret of its `API.Authorizations`; needed unless it is on this machine. Kept sealed, and told nobody.',
      ),
    name: kuboNodeFields.name.optional().describe('By default the host and port of the address.'),
    network: kuboNodeFields.network.describe('`private` for a node with a swarm key of its own. It stays what it is.'),
    zone: word(64).default('').describe('Where it stands.'),
    labels: labelsField.default({}),
  })
  .transform(({ name, token = null, ...rest }) => ({ name: name ?? new URL(rest.url).host, token, ...rest }))

export type NewNode = z.output<typeof newNodeSchema>

export const nodeChangeSchema = z.strictObject({
  intent: z
    .enum(['active', 'draining'])
    .optional()
    .describe('`draining`: takes nothing more, and is emptied; each copy goes when it is confirmed elsewhere.'),
  zone: word(64).optional().describe('Where it stands. A zone that KUBO_NODES gives is set again at each start.'),
  labels: labelsField.optional().describe('Instead of those that it has.'),
})

export type NodeChange = z.output<typeof nodeChangeSchema>

export const nodeParams = z.object({ id: z.string() })

export const repairParams = z.object({ cid: z.string().describe('Of a root that somebody pins.') })

export const repairSchema = z
  .object({
    cid: z.string(),
    confirmed: z.number().int().describe('Copies that nodes have confirmed, before.'),
    min: z.number().int(),
    max: z.number().int(),
  })
  .meta({ id: 'Repair' })

export const nodeListSchema = z.object({ nodes: z.array(nodeSchema).describe('By name.') }).meta({ id: 'NodeList' })
