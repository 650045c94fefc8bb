import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { HoldfastError } from '@packages/shared/holdfast-error'

/** As accounts are hashed: 60 ms and 32 MiB each. */
const COST = { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 }
const KEY_BYTES = 64
const SALT_BYTES = 16
const MAX_WAITING = 16

const derive = (password: string, salt: string): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key))),
  )

/**
 * Hashes and checks the passwords of links, one at a time: scrypt runs on the threads that also read files. Those for whom
 * there is no room are refused at once.
 */
export class ScryptPasswords {
  #turn: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** `salt:key` in hex, with a random salt. @throws HoldfastError `unavailable` */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES).toString('hex')
    return `${salt}:${(await this.#inTurn(() => derive(password, salt))).toString('hex')}`
  }

  /** @throws HoldfastError `unavailable` */
  async isRight(hash: string, password: string): Promise<boolean> {
    const [salt = '', key = ''] = hash.split(':')
    const expected = Buffer.from(key, 'hex')
    const given = await this.#inTurn(() => derive(password, salt))
    return expected.length === given.length && timingSafeEqual(expected, given)
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= MAX_WAITING)
      throw new HoldfastError('unavailable', {
        detail: 'Too many passwords are being checked.',
        headers: { 'retry-after': '1' },
      })
    this.#waiting++
    const mine = this.#turn.then(work)
    this.#turn = mine.catch(() => {}).finally(() => this.#waiting--)
    return mine
  }
}
