import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { MasterKey } from '@packages/runtime/master-key'
import { expect, it } from 'vitest'
import { s3SecretOf } from './s3-secret.ts'

it('is the same for the same key of the same platform, and for nothing else', () => {
  const [one, other] = [new MasterKey(randomBytes(32)), new MasterKey(randomBytes(32))]
  const id = randomUUID()
  const secret = s3SecretOf(one, id)
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(s3SecretOf(one, id)).toBe(secret)
  expect(new Set([secret, s3SecretOf(one, randomUUID()), s3SecretOf(other, id)]).size).toBe(3)
  const key = one.derive('holdfast/s3-secret/v1')
  expect(secret).toBe(createHmac('sha256', key).update(id).digest('base64url'))
})
