import { randomUUIDv7 } from 'node:crypto'
import type { IngestItem } from '../ingest-committer.ts'
import type { Database } from '../open-database.ts'

/** An organization with its user; `storageLimit` in bytes, none by default. */
export const seedOrganization = async (
  { kysely }: Pick<Database, 'kysely'>,
  options: { storageLimit?: number } = {},
): Promise<{ organizationId: string; userId: string }> => {
  const [organizationId, userId] = [randomUUIDv7(), randomUUIDv7()]
  await kysely
    .insertInto('organizations')
    .values({ id: organizationId, name: 'Test', slug: organizationId, storage_limit: options.storageLimit ?? null })
    .execute()
  await kysely
    .insertInto('users')
    .values({ id: userId, name: 'Test', email: `${userId}@example.org` })
    .execute()
  await kysely
    .insertInto('members')
    .values({ id: randomUUIDv7(), organization_id: organizationId, user_id: userId, role: 'owner' })
    .execute()
  return { organizationId, userId }
}

export const seedNode = async ({ kysely }: Pick<Database, 'kysely'>): Promise<string> => {
  const id = randomUUIDv7()
  await kysely
    .insertInto('nodes')
    .values({ id, name: `node-${id}`, kind: 'embedded' })
    .execute()
  return id
}

/** An upload as it arrives at the committer; `cid` needs to be no real one here. */
export const ingestItem = (
  owner: { organizationId: string; userId: string },
  nodeId: string,
  cid: string,
  more: Partial<IngestItem> = {},
): IngestItem => ({
  ...owner,
  nodeId,
  contentId: randomUUIDv7(),
  realm: 'public',
  cid,
  canonicalCid: cid,
  dagSize: 1_000,
  blocks: 1,
  file: { id: randomUUIDv7(), name: `${cid}.txt`, contentType: 'text/plain', size: 900, metadata: {} },
  pin: { id: randomUUIDv7() },
  ...more,
})
