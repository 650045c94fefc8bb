import { sql } from 'kysely'

/** The group of a row; one that is being let loose of a group that was deleted has none. */
export const groupThere = (table: 'pins' | 'files') =>
  sql<
    string | null
  >`(select g.id from groups g where g.id = ${sql.ref(`${table}.group_id`)} and g.deleted_at is null)`.as('group_id')
