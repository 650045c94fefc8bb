import type { Database } from '../open-database.ts'

/** What holds for pins whose organization says nothing, from now on. Pins that are there keep what was written into them. */
export const setReplicationDefault = async (
  { kysely }: Pick<Database, 'kysely'>,
  { min, max }: { min: number; max: number },
): Promise<void> => {
  await kysely.updateTable('replication_default').set({ copies_min: min, copies_max: max }).execute()
}
