import type { Row, Tables } from '@packages/db/tables'
import type { Kysely, Transaction } from 'kysely'

type Connection = Kysely<Tables> | Transaction<Tables>

const withOrganizations = (db: Connection) =>
  db
    .selectFrom('plans')
    .selectAll('plans')
    .select((of) =>
      of
        .selectFrom('organizations')
        .whereRef('organizations.plan', '=', 'plans.name')
        .select((count) => count.fn.countAll<number>().as('organizations'))
        .$asScalar()
        .$notNull()
        .as('organizations'),
    )

export type PlanRow = Row<'plans'> & { organizations: number }

/** There are few: an operator makes each by hand. */
export const listPlanRows = (db: Connection): Promise<PlanRow[]> => withOrganizations(db).orderBy('name').execute()

export const findPlan = (db: Connection, name: string): Promise<PlanRow | undefined> =>
  withOrganizations(db).where('name', '=', name).executeTakeFirst()
