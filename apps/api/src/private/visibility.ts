import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Kysely } from 'kysely'
import { z } from 'zod'

export const visibilitySchema = z.enum(['public', 'private'])
export type Visibility = z.infer<typeof visibilitySchema>

export const visibilityQuery = z.strictObject({
  visibility: visibilitySchema
    .optional()
    .describe(
      'Who may read it: everybody who knows the CID, or the organization alone. By default as the organization says.',
    ),
})

/** What an upload is that does not say: the organization's default. */
export const chooseVisibility = async (
  { db }: { db: { kysely: Kysely<Tables> } },
  organizationId: string,
  asked: Visibility | undefined,
): Promise<Visibility> => {
  if (asked !== undefined) return asked
  const row = await db.kysely
    .selectFrom('organizations')
    .select('default_visibility')
    .where('id', '=', organizationId)
    .executeTakeFirst()
  if (row === undefined) throw new HoldfastError('not_found', { detail: 'The organization is gone.' })
  return row.default_visibility
}
