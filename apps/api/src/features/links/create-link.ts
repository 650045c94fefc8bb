import { randomUUIDv7 } from 'node:crypto'
import { makeLinkToken } from '@packages/db/file-links/link-token'
import type { TenantKeys } from '@packages/db/keys/tenant-keys'
import type { Database } from '@packages/db/open-database'
import type { ScryptPasswords } from '@packages/runtime/scrypt-password'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { openFileRows } from '../../private/private-rows.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { countLiveLinks, lockFile } from './repository.ts'
import { type Link, type NewLink, presentLink } from './schemas.ts'

export type CreateLinkDeps = {
  tenantKeys: TenantKeys
  db: Pick<Database, 'unitOfWork'>
  linkPasswords: Pick<ScryptPasswords, 'hash'>
  /** The longest time that a link may work. */
  linkMaxAgeMs: number
  /** Origin of the gateway; null where none is known, and then addresses start with the path. */
  gatewayUrl: string | null
}

const MAX_LIVE_LINKS = 1_000

const tooLong = (longestMs: number): HoldfastError => {
  const message = `is longer than ${Math.floor(longestMs / 1_000)} seconds, the longest time here`
  return new HoldfastError('invalid_request', { fields: [{ path: 'expiresInSeconds', message }] })
}

/** A link to one file of the organization. Its token is answered here once and never stored. @throws `not_found` */
export const createLink = async (
  deps: CreateLinkDeps,
  actor: Actor,
  { fileId, ...input }: NewLink & { fileId: string },
  record: RecordReply,
): Promise<Link & { token: string; url: string }> => {
  const { organizationId, userId } = actor
  authorize(actor, 'links:write', { organizationId })
  if (input.expiresInSeconds * 1_000 > deps.linkMaxAgeMs) throw tooLong(deps.linkMaxAgeMs)
  const passwordHash = input.password === undefined ? null : await deps.linkPasswords.hash(input.password)
  const id = randomUUIDv7()
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const file = await lockFile(uow.tx, organizationId, fileId)
    if (file === undefined) throw new HoldfastError('not_found')
    if ((await countLiveLinks(uow.tx, fileId)) >= MAX_LIVE_LINKS)
      throw new HoldfastError('quota_exceeded', { detail: `A file has ${MAX_LIVE_LINKS} working links at most.` })
    const { token, tokenHash } = makeLinkToken({ id, organizationId, contentId: file.content_id })
    const row = await uow.tx
      .insertInto('file_links')
      .values({
        id,
        organization_id: organizationId,
        file_id: fileId,
        user_id: userId,
        name: input.name,
        token_hash: tokenHash,
        password_hash: passwordHash,
        max_downloads: input.maxDownloads ?? null,
        expires_at: sql<Date>`now() + make_interval(secs => ${input.expiresInSeconds})`,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    const payload = { fileId, expiresAt: row.expires_at.toISOString(), hasPassword: passwordHash !== null }
    uow.record({ kind: 'link.created', organizationId, actorId: userId, subject: id, payload })
    await record(uow.tx, { status: 201, body: null, subject: id })
    const [named] = await openFileRows({ db: { kysely: uow.tx }, tenantKeys: deps.tenantKeys }, organizationId, [file])
    return { row, token, cid: named?.cid ?? '' }
  })
  const url = `${deps.gatewayUrl ?? ''}/files/${result.cid}?link=${result.token}`
  return { ...presentLink(result.row), token: result.token, url }
}
