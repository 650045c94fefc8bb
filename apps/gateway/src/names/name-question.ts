/** What a worker asks its primary about names. A `key` is an IPNS name in canonical form (base36), a `name` that or a domain; `client` is the address that it is asked for. */
export type NameQuestion =
  | { kind: 'resolve'; name: string; client: string }
  | { kind: 'record'; key: string; client: string }
  | { kind: 'publish'; key: string; record: string }

/** Where a name leads. */
export type ResolvedName = {
  /** `ipfs`, a CID, and what the names on the way added. */
  path: readonly string[]
  /** All names on the way: a change of one is a change of this. */
  names: readonly string[]
  /** Of each of them, what those before it have put behind it. */
  behind: readonly (readonly string[])[]
  /** Seconds that caches may keep what the name leads to; undefined when nobody said. */
  ttl?: number
  /** Milliseconds from now after which it has to be asked for again. */
  freshMs: number
}

/** `limited`: as many names are being looked up for this client as it may have, or have been, until `retryAfterMs` from now. */
export type NameFailure = {
  failure: 'unresolved' | 'too-deep' | 'unavailable' | 'limited'
  detail: string
  retryAfterMs?: number
}

/** A record of this platform, base64. */
export type RecordAnswer = { record: string; ttl?: number; validUntil: number } | { record: null }

export type PublishAnswer = { published: true } | { published: false; registered: boolean; problem: string }

export type NameAnswer = ResolvedName | NameFailure | RecordAnswer | PublishAnswer
