import type { Database } from '@packages/db/open-database'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { presentNode } from './presenter.ts'
import { listNodeRows } from './repository.ts'
import type { nodeListSchema } from './schemas.ts'

export type ListNodesDeps = { db: Pick<Database, 'kysely'> }

/** All nodes as they were last heard of. Operators only. @throws HoldfastError `forbidden` */
export const listNodes = async (deps: ListNodesDeps, actor: Actor | null): Promise<z.infer<typeof nodeListSchema>> => {
  authorize(actor, 'nodes:read')
  return { nodes: (await listNodeRows(deps.db.kysely)).map(presentNode) }
}
