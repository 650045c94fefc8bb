import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { EXIT_CONFIG, StartError } from '@packages/runtime/start-error'
import { gatedBackend } from '@services/ipfs-manager/garbage/gated-backend'
import { NodeGate } from '@services/ipfs-manager/garbage/node-gate'
import { ensureKuboNodes, NetworkChanged } from '@services/ipfs-manager/kubo/ensure-kubo-nodes'
import { KuboBackend } from '@services/ipfs-manager/kubo/kubo-backend'
import { joinedBackend } from '@services/ipfs-manager/moving/joined-backend'
import { leaveNodes } from '@services/ipfs-manager/moving/leave-nodes'
import type { OwnBackend, PinBackend } from '@services/ipfs-manager/pin-backend'

export type LeavingNodesDeps = {
  stack: ServiceStack
  db: Database
  logger: MinimalLogger
  /** The own store's row in `nodes`; also who we are in the labels of pins. */
  nodeId: string
}

/**
 * The own store together with the Kubo nodes that the platform leaves: they take nothing more, and each of their copies goes when the own store has it.
 * Without such nodes, the own store as it is. One that cannot be used keeps what it has until it can.
 * @throws StartError with exit code 78 for a node that is named as one of the other network
 */
export const withLeavingNodes = async (
  own: OwnBackend,
  { ipfs }: Config,
  { stack, db, nodeId, logger }: LeavingNodesDeps,
): Promise<PinBackend> => {
  const named = ipfs.backend === 'embedded' ? ipfs.leaving : []
  await ensureKuboNodes(db, named).catch((error: unknown) => {
    if (error instanceof NetworkChanged)
      throw new StartError([`LEAVE_KUBO_NODES: ${error.message}`], { exitCode: EXIT_CONFIG })
    throw error
  })
  if (named.length === 0) return own
  const rows = await db.kysely
    .selectFrom('nodes')
    .select(['id', 'url'])
    .where('kind', '=', 'kubo')
    .where(
      'url',
      'in',
      named.map(({ url }) => url),
    )
    .execute()
  const nodes = named.flatMap((node) =>
    rows.filter(({ url }) => url === node.url).map(({ id }) => ({ ...node, nodeId: id })),
  )
  await leaveNodes(
    { db },
    rows.map(({ id }) => id),
  )
  const { dialPrivate } = ipfs
  const backend = await stack.acquire(
    'Kubo nodes that are left',
    async () => new KuboBackend({ install: nodeId, nodes, dialPrivate }),
    async (opened) => opened.stop(),
  )
  for (const { name, state, reason } of await backend.nodes(AbortSignal.timeout(10_000)))
    if (state !== 'up') logger.warn({ node: name, state, reason }, 'a Kubo node that is left cannot be emptied now')
  return joinedBackend({ own, ownNodeId: nodeId, others: gatedBackend(backend, new NodeGate({ db })) })
}
