import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { MasterKey } from '@packages/runtime/master-key'

export const PASSKEY_CHALLENGE_SECONDS = 300

/**
 * What a challenge was given for: signing in, which anybody may ask for, adding a passkey in one session, or confirming in one session who is there. What was
 * confirmed so, or elsewhere, is a token of the same make.
 */
export type ChallengeFor = 'sign-in' | `session ${string}` | `confirm ${string}` | `confirmed ${string}`

const RANDOM_BYTES = 16
const TIME_BYTES = 6
const BODY_BYTES = RANDOM_BYTES + TIME_BYTES

/**
 * Challenges for passkeys: random ‖ expiry ‖ HMAC-SHA-256 over both and what it is for. Nothing is stored until one was answered rightly, so that
 * who only asks for them fills no table, and every process knows them.
 */
export class PasskeyChallenges {
  readonly #key: Uint8Array

  constructor(masterKey: Pick<MasterKey, 'derive'>) {
    this.#key = masterKey.derive('holdfast/passkey-challenges/v1')
  }

  make(what: ChallengeFor, now = Date.now()): Uint8Array<ArrayBuffer> {
    const body = Buffer.alloc(BODY_BYTES)
    randomBytes(RANDOM_BYTES).copy(body)
    body.writeUIntBE(now + PASSKEY_CHALLENGE_SECONDS * 1000, RANDOM_BYTES, TIME_BYTES)
    return Uint8Array.from([...body, ...this.#mac(body, what)])
  }

  /** @param challenge base64url, as an authenticator signed it */
  isOurs(challenge: string, what: ChallengeFor, now = Date.now()): boolean {
    const bytes = Buffer.from(challenge, 'base64url')
    const body = bytes.subarray(0, BODY_BYTES)
    const given = bytes.subarray(BODY_BYTES)
    const expected = this.#mac(body, what)
    if (body.length !== BODY_BYTES || given.length !== expected.length || !timingSafeEqual(given, expected))
      return false
    return expiryOf(body) > now
  }

  #mac(body: Uint8Array, what: ChallengeFor): Buffer {
    return createHmac('sha256', this.#key).update(body).update(what).digest()
  }
}

const expiryOf = (body: Buffer): number => body.readUIntBE(RANDOM_BYTES, TIME_BYTES)

/** Uses a challenge of ours up, in the transaction of what it was answered for: of many that race with one, one is told true. */
export const takeChallenge = async (uow: UnitOfWorkContext, challenge: string): Promise<boolean> => {
  const bytes = Buffer.from(challenge, 'base64url')
  const row = { challenge_hash: hash('sha256', bytes, 'buffer'), expires_at: new Date(expiryOf(bytes)) }
  const taken = await uow.tx
    .insertInto('answered_challenges')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('challenge_hash')
    .executeTakeFirst()
  return taken !== undefined
}
