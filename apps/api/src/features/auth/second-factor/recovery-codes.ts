import { hash, randomBytes } from 'node:crypto'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'

const HOW_MANY = 10

/** Crockford's letters and digits: none that look alike. 16 of them are 80 random bits, which nobody tries out. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const CHARS = 16

export const makeRecoveryCode = (): string => {
  const chars = Array.from(randomBytes(CHARS), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
  return chars.match(/.{4}/g)?.join('-') ?? chars
}

/** However it was written down: capitals, spaces, an o for a zero, an i or an l for a one. */
const asMade = (code: string): string =>
  code
    .toLowerCase()
    .replaceAll(/[^0-9a-z]/g, '')
    .replaceAll('o', '0')
    .replaceAll(/[il]/g, '1')

const hashRecoveryCode = (code: string): Buffer => hash('sha256', asMade(code), 'buffer')

/** New codes in place of all earlier ones; shown once, for only their hashes are kept. */
export const replaceRecoveryCodes = async (uow: UnitOfWorkContext, userId: string): Promise<string[]> => {
  const codes = Array.from({ length: HOW_MANY }, makeRecoveryCode)
  await uow.tx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  await uow.tx
    .insertInto('recovery_codes')
    .values(codes.map((code) => ({ user_id: userId, code_hash: hashRecoveryCode(code) })))
    .execute()
  return codes
}

/** Uses a code up: of many that race with one code, one is told true. */
export const takeRecoveryCode = async (uow: UnitOfWorkContext, userId: string, code: string): Promise<boolean> => {
  const taken = await uow.tx
    .deleteFrom('recovery_codes')
    .where('user_id', '=', userId)
    .where('code_hash', '=', hashRecoveryCode(code))
    .returning('user_id')
    .executeTakeFirst()
  return taken !== undefined
}
