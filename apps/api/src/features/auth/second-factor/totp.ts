import { Secret, TOTP } from 'otpauth'

/** What every authenticator app takes: SHA-1, 6 digits, 30 s (RFC 6238, 1.2 and 4). */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const

const SECRET_BYTES = 20

/** One step before and after, for clocks that differ and people who type (RFC 6238, 5.2). */
const WINDOW = 1

const secretOf = (bytes: Uint8Array): Secret => new Secret({ buffer: Uint8Array.from(bytes).buffer })

export const makeTotpSecret = (): Uint8Array => new Secret({ size: SECRET_BYTES }).bytes

/** As people type it into their app. */
export const totpSecretText = (secret: Uint8Array): string => secretOf(secret).base32

/** As their app reads it from a picture. */
export const totpUri = (secret: Uint8Array, account: { issuer: string; label: string }): string =>
  new TOTP({ ...PARAMETERS, ...account, secret: secretOf(secret) }).toString()

/** Pure: the time step whose code this is, or undefined for one that is no code of about `now` (milliseconds). */
export const stepOfCode = (secret: Uint8Array, code: string, now: number): number | undefined => {
  const totp = new TOTP({ ...PARAMETERS, secret: secretOf(secret) })
  const delta = totp.validate({ token: code, timestamp: now, window: WINDOW })
  return delta === null ? undefined : Math.floor(now / 1000 / PARAMETERS.period) + delta
}
