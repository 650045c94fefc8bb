import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import { sealColumn } from '@packages/db/sealed-columns'
import type { MasterKey } from '@packages/runtime/master-key'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { nodeTokenPlace } from '@services/ipfs-manager/kubo/added-nodes'
import type { NodeReport } from '@services/ipfs-manager/pin-backend'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { insertNode, nodeAt, placeAnew } from './added-node-rows.ts'
import type { NodePool } from './node-pool.ts'
import { presentNode } from './presenter.ts'
import { listNodeRows } from './repository.ts'
import type { NewNode, nodeSchema } from './schemas.ts'

export type AddNodeDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  masterKey: Pick<MasterKey, 'seal'>
  /** Null: the backend is no pool of nodes. */
  nodePool: NodePool | null
}

const MAX_NODES = 100

/**
 * Has the platform work with another Kubo node, at once: it is asked first, and its version and settings are checked. Its token is sealed and told nobody. One
 * that was removed is taken back so. Operators only.
 * @throws HoldfastError `forbidden`, `conflict` without a pool, `invalid_request` for a node that cannot be used (it says why), `already_exists`
 */
export const addNode = async (
  { db, masterKey, nodePool }: AddNodeDeps,
  actor: Actor | null,
  given: NewNode,
): Promise<z.infer<typeof nodeSchema>> => {
  authorize(actor, 'nodes:write')
  if (nodePool === null)
    throw new HoldfastError('conflict', { detail: 'There is no pool of nodes here: IPFS_BACKEND is not kubo.' })
  const { labels, ...node } = given
  const [problem] = nodePool.problemsOf(node)
  if (problem !== undefined) throw unusable(problem)
  // Before its credentials go anywhere: is it there already?
  const before = await nodeAt(db.kysely, node)
  const nodeId = before?.id ?? randomUUIDv7()
  const report = await nodePool.look({ ...node, nodeId })
  if (report.state === 'refused') throw unusable(`It cannot be used. ${report.reason ?? ''}`.trim())
  // Whatever else answers there is not told of.
  if (report.state !== 'up') throw unusable('It cannot be used. It does not answer as the RPC of a Kubo node does.')
  const token_sealed =
    node.token === null ? null : sealColumn(masterKey, nodeTokenPlace(nodeId), Buffer.from(node.token))
  const { result } = await db.unitOfWork.run(async ({ tx, record }) => {
    await refuseKnown(tx, report)
    await insertNode(tx, { ...node, nodeId, labels, token_sealed, report })
    await placeAnew(tx, node.zone)
    const { name, network, zone } = node
    const payload = { name, network, zone, labels, version: report.version }
    record({ kind: 'node.added', organizationId: null, actorId: actor.userId, subject: nodeId, payload })
    return (await listNodeRows(tx)).find(({ id }) => id === nodeId)
  })
  if (result === undefined) throw new HoldfastError('internal')
  nodePool.add({ ...node, nodeId })
  return presentNode(result)
}

/** One node by two addresses would be two copies that are one. */
const refuseKnown = async (tx: Parameters<typeof nodeAt>[0], { nodeId, peerId }: NodeReport): Promise<void> => {
  // Two that are added at once would not see each other.
  await sql`select pg_advisory_xact_lock(hashtext('holdfast.nodes'))`.execute(tx)
  const others = await tx
    .selectFrom('nodes')
    .select(['name', 'peer_id'])
    .where('intent', '<>', 'removed')
    .where('id', '<>', nodeId)
    .execute()
  if (others.length >= MAX_NODES)
    throw new HoldfastError('conflict', { detail: `There are ${MAX_NODES} nodes already.` })
  const same = others.find((one) => peerId !== null && one.peer_id === peerId)
  if (same !== undefined)
    throw new HoldfastError('already_exists', { detail: `The node is here already, as ${same.name}.` })
}

const unusable = (message: string): HoldfastError =>
  new HoldfastError('invalid_request', { detail: message, fields: [{ path: 'url', message }] })
