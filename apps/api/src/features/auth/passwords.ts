import { hashPassword, verifyPassword } from 'better-auth/crypto'

/** better-auth's scrypt (N 16384, r 16, p 1) with a random salt, off the main thread. */
export { hashPassword }

let dummyHash: Promise<string> | undefined

/**
 * Whether `password` is the one of `hash`. Without a hash (no such account) it works as long and says no, so that the
 * time of an answer does not tell who has an account.
 */
export const isPasswordRight = async (hash: string | undefined, password: string): Promise<boolean> => {
  dummyHash ??= hashPassword('nobody has this password')
  const right = await verifyPassword({ hash: hash ?? (await dummyHash), password })
  return right && hash !== undefined
}
