import { HoldfastError } from '@packages/shared/holdfast-error'
import { hashPassword, verifyPassword } from 'better-auth/crypto'

/** How many wait for the one that is hashed: about a second on a slow core. */
const MAX_WAITING = 16

/** better-auth's scrypt (N 16384, r 16, p 1) with a random salt; takes 60 ms and 32 MiB. */
type Scrypt = { hash: typeof hashPassword; verify: typeof verifyPassword }

/**
 * Hashes and checks passwords one at a time. scrypt runs on libuv's threads, which also read and write files: without a
 * bound, anybody who signs in often enough would stall uploads. Those for whom there is no room are refused at once.
 */
export class Passwords {
  readonly #scrypt: Scrypt
  readonly #waiting: (() => void)[] = []
  #busy = false
  #dummyHash: string | undefined

  constructor(scrypt: Scrypt = { hash: hashPassword, verify: verifyPassword }) {
    this.#scrypt = scrypt
  }

  /** A hash with a random salt. @throws HoldfastError `unavailable` with Retry-After */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => this.#scrypt.hash(password))
  }

  /**
   * Whether `password` is the one of `hash`. Without a hash (no such account) it works as long and says no, so that the
   * time of an answer does not tell who has an account. @throws HoldfastError `unavailable` with Retry-After
   */
  isRight(hash: string | undefined, password: string): Promise<boolean> {
    return this.#inTurn(async () => {
      this.#dummyHash ??= await this.#scrypt.hash('nobody has this password')
      const right = await this.#scrypt.verify({ hash: hash ?? this.#dummyHash, password })
      return right && hash !== undefined
    })
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) {
      if (this.#waiting.length >= MAX_WAITING)
        throw new HoldfastError('unavailable', {
          detail: 'Too many passwords are being checked.',
          headers: { 'retry-after': '1' },
        })
      // Whoever is done hands its turn over, so that `busy` stays.
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#busy = true
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#busy = false
      else next()
    }
  }
}
