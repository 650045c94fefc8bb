import { createHmac } from 'node:crypto'
import type { MasterKey } from '@packages/runtime/master-key'

/** What stands in the audit log for an e-mail address that no account has: equal for equal ones, and nothing to try out. */
export const accountHash = (masterKey: MasterKey): ((email: string) => string) => {
  const key = masterKey.derive('holdfast/audit-account/v1')
  return (email) => createHmac('sha256', key).update(email).digest('base64url').slice(0, 22)
}
