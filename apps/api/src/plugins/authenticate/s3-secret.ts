import { createHmac } from 'node:crypto'
import type { MasterKey } from '@packages/runtime/master-key'

/**
 * The secret of an API key for S3 signatures: HMAC-SHA-256 of the key's id under a key derived from the master key, in
 * base64url. S3 needs a secret that the server can reckon again; this one is never stored.
 */
export const s3SecretOf = (masterKey: Pick<MasterKey, 'derive'>, apiKeyId: string): string =>
  createHmac('sha256', masterKey.derive('holdfast/s3-secret/v1')).update(apiKeyId).digest('base64url')
