import { readIpnsRecord } from '@packages/content/ipns/ipns-record'
import type { z } from 'zod'
import type { KeyRow, NameRow, PublicationRow } from './repository.ts'
import type { keySchema, nameSchema, publicationSchema } from './schemas.ts'

export type PresentedKey = z.infer<typeof keySchema>
export type PresentedName = z.infer<typeof nameSchema>
export type PresentedPublication = z.infer<typeof publicationSchema>

/** Nothing of the private key. */
export const presentKey = ({ id, label, name, created_at }: Omit<KeyRow, 'private_sealed'>): PresentedKey => ({
  id,
  label,
  name,
  type: 'ed25519',
  createdAt: created_at.toISOString(),
})

export const presentName = (row: NameRow): PresentedName => {
  const { value, sequence, ttl, validUntil } = readIpnsRecord(row.record)
  return {
    name: row.name,
    keyId: row.key_id,
    label: row.label,
    value,
    sequence: sequence.toString(),
    ttlSeconds: ttl ?? null,
    validUntil: new Date(validUntil).toISOString(),
    publishedAt: row.updated_at.toISOString(),
    republishedAt: row.republished_at?.toISOString() ?? null,
  }
}

export const presentPublication = (row: PublicationRow): PresentedPublication => ({
  name: row.name,
  value: row.value,
  sequence: row.sequence,
  ttlSeconds: row.ttl_seconds,
  validUntil: row.valid_until.toISOString(),
  way: row.way,
  publishedAt: row.created_at.toISOString(),
})
