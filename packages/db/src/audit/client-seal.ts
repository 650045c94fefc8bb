import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Where a request came from. */
export type AuditClient = { address: string | null; userAgent: string | null }

const NONCE_BYTES = 12
const TAG_BYTES = 16
const MAX_USER_AGENT_CHARS = 200

/**
 * The bytes of `audit_log.client`. Under a key (AES-256-GCM, nonce ‖ ciphertext ‖ tag) they are readable as long as the
 * actor's row is there; without an actor there is nobody to forget, and they stay as they are.
 */
export const sealClient = (client: AuditClient, key: Uint8Array | undefined): Buffer | null => {
  if (client.address === null && client.userAgent === null) return null
  const userAgent = client.userAgent?.slice(0, MAX_USER_AGENT_CHARS) ?? null
  const text = Buffer.from(JSON.stringify({ address: client.address, userAgent }))
  if (key === undefined) return text
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()])
}

/** What was sealed; null for what is not there, or was sealed under a key that is gone. */
export const openClient = (row: { actor: string | null; client: Buffer | null }, key: Buffer | null): AuditClient => {
  const text = row.client === null ? undefined : row.actor === null ? row.client : unseal(row.client, key)
  if (text === undefined) return { address: null, userAgent: null }
  const { address, userAgent } = JSON.parse(text.toString('utf8')) as AuditClient
  return { address, userAgent }
}

const unseal = (sealed: Buffer, key: Buffer | null): Buffer | undefined => {
  if (key === null || sealed.length < NONCE_BYTES + TAG_BYTES) return undefined
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(end))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()])
  } catch {
    // Changed since: audit:verify tells of it, a list goes on.
    return undefined
  }
}
