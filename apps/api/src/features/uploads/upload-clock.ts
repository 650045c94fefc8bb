/** How long an upload stays without any activity, and what time it is. */
export type UploadClock = {
  /** Milliseconds since 1970. */
  now: () => number
  expiresAfterMs: number
}

/** A renewal is written only when it adds this much: small pieces must not cost a row version each. */
const RENEW_MS = 60 * 60_000

export const expiryOf = ({ now, expiresAfterMs }: UploadClock): Date => new Date(now() + expiresAfterMs)

export const isExpired = ({ now }: UploadClock, { expires_at }: { expires_at: Date }): boolean =>
  expires_at.getTime() <= now()

/** The new time when it is worth being written, else undefined. */
export const renewedExpiry = (clock: UploadClock, { expires_at }: { expires_at: Date }): Date | undefined => {
  const renewed = expiryOf(clock)
  const worth = Math.min(RENEW_MS, clock.expiresAfterMs / 10)
  return renewed.getTime() - expires_at.getTime() > worth ? renewed : undefined
}
