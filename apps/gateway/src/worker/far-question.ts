/** What a worker asks of content that the own store does not have. CIDs as text. */
export type FarQuestion =
  /** Whether this may be read from nodes. */
  | { kind: 'root'; cid: string }
  /** A block below a root that may. */
  | { kind: 'block'; root: string; cid: string }
  /** A ciphertext (or list) of a private content that was granted to who asks the worker. */
  | { kind: 'ciphertext'; contentId: string; cid: string }

export type FarAnswer =
  /** It may be read, as this root or as a block below it. */
  | { state: 'root'; root: string }
  /** base64; its hash was checked. */
  | { state: 'block'; bytes: string }
  /** Nobody who may be served has pinned it, or no node has confirmed it. */
  | { state: 'unknown' }
  /** It could not be found out, or no node gives it now. */
  | { state: 'failed' }
