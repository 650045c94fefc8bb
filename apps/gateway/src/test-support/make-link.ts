import { randomUUIDv7 } from 'node:crypto'
import { makeLinkToken } from '@packages/db/file-links/link-token'
import type { Database } from '@packages/db/open-database'
import { ScryptPasswords } from '@packages/runtime/scrypt-password'
import { sql } from 'kysely'

const passwords = new ScryptPasswords()

export type TestLink = { id: string; token: string }

/** A link to the file of a pin, as the API makes it. */
export const makeLink = async (
  { kysely }: Pick<Database, 'kysely'>,
  pinId: string,
  options: { seconds?: number; password?: string; maxDownloads?: number } = {},
): Promise<TestLink> => {
  const file = await kysely.selectFrom('files').where('pin_id', '=', pinId).selectAll().executeTakeFirstOrThrow()
  const id = randomUUIDv7()
  const { organization_id: organizationId, content_id: contentId } = file
  const { token, tokenHash } = makeLinkToken({ id, organizationId, contentId })
  await kysely
    .insertInto('file_links')
    .values({
      id,
      organization_id: organizationId,
      file_id: file.id,
      name: '',
      token_hash: tokenHash,
      password_hash: options.password === undefined ? null : await passwords.hash(options.password),
      max_downloads: options.maxDownloads ?? null,
      expires_at: sql<Date>`now() + make_interval(secs => ${options.seconds ?? 3_600})`,
    })
    .execute()
  return { id, token }
}
