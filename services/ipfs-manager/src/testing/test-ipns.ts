import { randomUUIDv7 } from 'node:crypto'
import { createIpnsRecord } from '@packages/content/ipns/create-ipns-record'
import { type IpnsKeyPair, ipnsKeyPair, newIpnsSeed } from '@packages/content/ipns/ipns-key-pair'
import { readIpnsRecord } from '@packages/content/ipns/ipns-record'
import { putIpnsRecord } from '@packages/db/ipns/put-ipns-record'
import { writeIpnsRecord } from '@packages/db/ipns/write-ipns-record'
import type { Database } from '@packages/db/open-database'

export const VALUE = '/ipfs/bafkqaaa'
const HOUR_MS = 3_600_000

export const newPair = (): IpnsKeyPair => ipnsKeyPair(newIpnsSeed())

export const recordOf = (
  { privateKey }: IpnsKeyPair,
  { sequence = 1n, lifeMs = 24 * HOUR_MS, value = VALUE }: { sequence?: bigint; lifeMs?: number; value?: string } = {},
): Buffer => {
  const validity = new Date(Date.now() + lifeMs).toISOString()
  return createIpnsRecord(privateKey, { value, sequence, validity, ttlSeconds: 60 })
}

/** As the operator or anybody brings it. */
export const bring = (db: Pick<Database, 'unitOfWork'>, { name }: IpnsKeyPair, record: Buffer) =>
  db.unitOfWork.run((uow) => putIpnsRecord(uow, { key: name, record, register: true }))

/** As an organization publishes it; what seals the key does not matter here. */
export const publishAs = async (
  db: Pick<Database, 'kysely' | 'unitOfWork'>,
  organizationId: string,
  { pair, record, label = 'the website' }: { pair: IpnsKeyPair; record: Buffer; label?: string },
): Promise<void> => {
  const id = randomUUIDv7()
  await db.kysely
    .insertInto('ipns_keys')
    .values({ id, organization_id: organizationId, label, name: pair.name, private_sealed: Buffer.from('sealed') })
    .execute()
  const by = { way: 'key', keyId: id, userId: null } as const
  const written = { name: pair.name, bytes: record, facts: readIpnsRecord(record), by }
  await db.unitOfWork.run((uow) => writeIpnsRecord(uow, written))
}
