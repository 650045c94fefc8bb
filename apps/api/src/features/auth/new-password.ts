import { HoldfastError } from '@packages/shared/holdfast-error'
import { dictionary } from '@zxcvbn-ts/language-common'
import type { Passwords } from './passwords.ts'

/** What is tried first, here and everywhere; the shorter ones are refused by their length. */
let common: ReadonlySet<string> | undefined

const isCommon = (password: string): boolean => {
  common ??= new Set(dictionary['passwords-common'].filter((known) => known.length >= 8))
  return common.has(password)
}

/** Why a password will not do (NIST SP 800-63B, 3.1.1.2), or undefined. Upper and lower case make no difference. */
const weakness = (password: string, email: string): string | undefined => {
  const lower = password.toLowerCase()
  if (isCommon(lower)) return 'is one of those that are tried first'
  if (new Set(lower).size === 1) return 'is one character again and again'
  if (lower === email.toLowerCase() || lower === email.toLowerCase().split('@')[0]) return 'is the e-mail address'
  return undefined
}

/**
 * Hashes a password that somebody chooses; every place where one is chosen asks here.
 * @throws HoldfastError `weak_password`, `unavailable`
 */
export const hashNewPassword = async (
  passwords: Pick<Passwords, 'hash'>,
  { password, email }: { password: string; email: string },
): Promise<string> => {
  const message = weakness(password, email.trim())
  if (message !== undefined) throw new HoldfastError('weak_password', { fields: [{ path: 'password', message }] })
  return passwords.hash(password)
}
