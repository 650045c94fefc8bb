import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import { loseSight } from '../replication/node-watch.ts'
import type { KuboNodeSettings } from './kubo-node.ts'

/** A node that was of one network cannot be of the other: what it holds is seen by whom it is connected to. */
export class NetworkChanged extends Error {
  override readonly name = 'NetworkChanged'
}

/**
 * The rows in `nodes` of the nodes that the settings name, by the address of their RPC; made when they are new. A node that is named no more, and was not
 * added by an operator, keeps its row and what is known of its copies, which count no more: nobody can ask it.
 * @throws NetworkChanged
 */
export const ensureKuboNodes = async (
  db: Pick<Database, 'kysely' | 'unitOfWork'>,
  given: readonly Omit<KuboNodeSettings, 'nodeId'>[],
  readAdded: () => Promise<readonly KuboNodeSettings[]> = async () => [],
): Promise<{ named: KuboNodeSettings[]; added: readonly KuboNodeSettings[] }> => {
  const nodes: KuboNodeSettings[] = []
  for (const node of given) nodes.push({ ...node, nodeId: await ensureNode(db, node) })
  const added = await readAdded()
  const gone = await db.kysely
    .updateTable('nodes')
    .set({
      state: 'refused',
      state_reason: sql`case when is_added then 'It was added by an operator, and cannot be asked now: its credentials do not open, or IPFS_BACKEND is another one.' else 'It is not in KUBO_NODES.' end`,
    })
    .where('kind', '=', 'kubo')
    .where('id', 'not in', [NOBODY, ...[...nodes, ...added].map(({ nodeId }) => nodeId)])
    .returning('id')
    .execute()
  for (const { id } of gone) await loseSight({ db }, id)
  return { named: nodes, added }
}

/** Those of these nodes that have a row, for who may not make one. */
export const findKuboNodes = async (
  { kysely }: Pick<Database, 'kysely'>,
  given: readonly Omit<KuboNodeSettings, 'nodeId'>[],
): Promise<KuboNodeSettings[]> => {
  const rows = await kysely.selectFrom('nodes').select(['id', 'url']).where('kind', '=', 'kubo').execute()
  return given.flatMap((node) => {
    const row = rows.find(({ url }) => url === node.url)
    return row === undefined ? [] : [{ ...node, nodeId: row.id }]
  })
}

const NOBODY = '00000000-0000-0000-0000-000000000000'

const ensureNode = async (
  { kysely }: Pick<Database, 'kysely'>,
  { url, name, zone, network }: Omit<KuboNodeSettings, 'nodeId'>,
): Promise<string> => {
  const { id, network: was } = await kysely
    .insertInto('nodes')
    .values({ id: randomUUIDv7(), name, kind: 'kubo', network, url, zone })
    // A zone that an operator has given by the API stays, where the settings give none.
    .onConflict((conflict) =>
      conflict.column('url').doUpdateSet({
        name,
        ...(zone === '' ? {} : { zone }),
        // The settings have its credentials now.
        is_added: false,
        token_sealed: null,
      }),
    )
    .returning(['id', 'network'])
    .executeTakeFirstOrThrow()
  if (was !== network) throw new NetworkChanged(`${name} was a ${was} node and is named as a ${network} one`)
  return id
}
