import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { ListKeysDeps } from './list-keys.ts'
import { presentName, type PresentedName } from './presenter.ts'
import { listNameRows } from './repository.ts'

/** Where the organization's names lead now. */
export const listNames = async ({ db }: ListKeysDeps, actor: Actor | null): Promise<{ names: PresentedName[] }> => {
  authorize(actor, 'ipns:read', {})
  return { names: (await listNameRows(db.kysely, actor.organizationId)).map(presentName) }
}
