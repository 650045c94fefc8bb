import type { Database } from '@packages/db/open-database'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { presentKey, type PresentedKey } from './presenter.ts'
import { keyRowOf, listKeyRows } from './repository.ts'

export type ListKeysDeps = { db: Pick<Database, 'kysely'> }

/** All keys of the organization; there are few. */
export const listKeys = async ({ db }: ListKeysDeps, actor: Actor | null): Promise<{ keys: PresentedKey[] }> => {
  authorize(actor, 'ipns:read', {})
  return { keys: (await listKeyRows(db.kysely, actor.organizationId)).map(presentKey) }
}

/** @throws HoldfastError `not_found` */
export const getKey = async ({ db }: ListKeysDeps, actor: Actor | null, id: string): Promise<PresentedKey> => {
  authorize(actor, 'ipns:read', {})
  return presentKey(await keyRowOf(db.kysely, actor.organizationId, id))
}
