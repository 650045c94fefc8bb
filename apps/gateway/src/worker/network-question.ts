/** Who has something fetched from the IPFS network. */
export type Fetcher = {
  /** The address that it asks from. */
  client: string
  /** The gateway of an organization that it came by; null for none. */
  gate: string | null
}

/** One block, for a visitor who reads below `root`. CIDs as text. */
export type NetworkQuestion = Fetcher & {
  root: string
  cid: string
  /** How long it may take; less than this when the settings say less. */
  waitMs: number
  /** It is here, and nobody may read it. */
  withheld: boolean
}

export type NetworkAnswer =
  /** base64; its hash was checked. */
  | { state: 'block'; bytes: string }
  /** Nobody gave it in time. */
  | { state: 'late' }
  /** The quota of the client or of the gateway is used up, or it has too much fetched at the same time. */
  | { state: 'quota'; retryAfterMs: number }
  /** Too much is being fetched for everybody together. */
  | { state: 'busy' }
  /** More than one request may have fetched. */
  | { state: 'limit' }
  /** The network cannot be reached now. */
  | { state: 'failed' }
