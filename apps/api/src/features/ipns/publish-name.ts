import { createIpnsRecord } from '@packages/content/ipns/create-ipns-record'
import { ipnsKeyPair } from '@packages/content/ipns/ipns-key-pair'
import { readIpnsRecord } from '@packages/content/ipns/ipns-record'
import { heldRecord } from '@packages/db/ipns/put-ipns-record'
import { lockIpnsName, writeIpnsRecord } from '@packages/db/ipns/write-ipns-record'
import type { TenantKeys } from '@packages/db/keys/tenant-keys'
import type { Database } from '@packages/db/open-database'
import { waitForGateways } from '@packages/db/policy-log'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { DeniedContent } from '../../content/denied-content.ts'
import type { GatewayChanges } from '../../gateway-changes.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { openSeed } from './open-key.ts'
import { presentPublication, type PresentedPublication } from './presenter.ts'
import { keyRowOf, listPublicationRows } from './repository.ts'
import type { NewPublication } from './schemas.ts'

export type PublishDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  tenantKeys: Pick<TenantKeys, 'open'>
  denied: Pick<DeniedContent, 'refuse'>
  changes: Pick<GatewayChanges, 'take'>
  now?: () => number
}

/** `followed`: every gateway leads there. False: some do in a moment. */
export type Published = { publication: PresentedPublication; followed: boolean }

export const FOLLOW_MS = 2_000
const MAX_SEQUENCE = 2n ** 64n - 1n

/** RFC 3339 with nanoseconds, as the record specification has it. */
const validity = (ms: number): string => new Date(ms).toISOString().replace('Z', '000000Z')

/** Above the record that is in force, whoever brought it. @throws HoldfastError `conflict` */
const nextSequence = (held: Buffer | undefined): bigint => {
  if (held === undefined) return 1n
  const { sequence } = readIpnsRecord(held)
  if (sequence < MAX_SEQUENCE) return sequence + 1n
  throw new HoldfastError('conflict', { detail: 'The name has the highest sequence that there is: make another key.' })
}

/** Neither a name that is denied is published, nor one to content that is: the network would be told of it until the record ends. */
const refuseDenied = (denied: PublishDeps['denied'], name: string, value: string): void => {
  denied.refuse(parseCid(name))
  const [, namespace, root = ''] = value.split('/')
  if (namespace === 'ipfs') denied.refuse(parseCid(root))
}

/**
 * Signs a record by a key that is kept here and puts it in force. Publications of one name go one after another: each has a higher sequence than all before.
 * @throws HoldfastError `not_found`, `content_denied`, `rate_limited`, `conflict`
 */
export const publishName = async (
  { db, tenantKeys, denied, changes, now = Date.now }: PublishDeps,
  actor: Actor | null,
  { id, value, lifetimeSeconds, ttlSeconds }: NewPublication & { id: string },
  recordReply: RecordReply,
): Promise<Published> => {
  authorize(actor, 'ipns:write', {})
  const { organizationId, userId } = actor
  const { name } = await keyRowOf(db.kysely, organizationId, id)
  refuseDenied(denied, name, value)
  await changes.take(organizationId)
  const { result, policyPosition } = await db.unitOfWork.run(async (uow) => {
    await lockIpnsName(uow.tx, name)
    const sequence = nextSequence(await heldRecord(uow, name))
    const seed = await openSeed(uow.tx, tenantKeys, await keyRowOf(uow.tx, organizationId, id))
    const end = validity(now() + lifetimeSeconds * 1_000)
    const bytes = createIpnsRecord(ipnsKeyPair(seed).privateKey, { value, sequence, validity: end, ttlSeconds })
    seed.fill(0)
    const by = { way: 'key', keyId: id, userId } as const
    await writeIpnsRecord(uow, { name, bytes, facts: readIpnsRecord(bytes), by })
    const [row] = await listPublicationRows(uow.tx, { name, limit: 1, before: undefined })
    if (row === undefined) throw new Error('the history has not got what was written')
    const publication = presentPublication(row)
    await recordReply(uow.tx, { status: 201, body: publication, subject: id })
    return publication
  })
  const followed = policyPosition === undefined || (await waitForGateways(db.kysely, policyPosition, FOLLOW_MS))
  return { publication: result, followed }
}
