export type KuboErrorKind =
  /** No connection, or one that broke off. */
  | 'unreachable'
  /** It did not end in time: by its clock or by ours. */
  | 'timeout'
  /** The credentials are not believed, or do not reach as far. */
  | 'denied'
  /** Kubo says no, in its own words. */
  | 'failed'
  /** What came is not what Kubo says. */
  | 'strange'

/** A call that Kubo did not answer as asked. The message has Kubo's words and never an address or a token. */
export class KuboError extends Error {
  override readonly name = 'KuboError'
  readonly kind: KuboErrorKind

  constructor(kind: KuboErrorKind, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.kind = kind
  }
}

const MAX_WORDS = 500

/** What Kubo said, as an error: the body of a failed answer or the trailer of one that failed later. Its own timeouts are told apart. */
export const kuboSays = (text: string): KuboError => {
  const words = messageOf(text).trim().slice(0, MAX_WORDS)
  return new KuboError(/context deadline exceeded/.test(words) ? 'timeout' : 'failed', words)
}

// `{"Message":…,"Code":0,"Type":"error"}`, or plain text.
const messageOf = (text: string): string => {
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read === 'object' && read !== null && 'Message' in read && typeof read.Message === 'string')
      return read.Message
  } catch {
    return text
  }
  return text
}

/** What a connection ended by. */
export const brokenCall = (error: unknown): KuboError => {
  if (error instanceof KuboError) return error
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'broken off'
  return new KuboError('unreachable', `no answer (${code})`, { cause: error })
}
