/** Who asks for a file under /files, and with what. */
export type FileQuestion = {
  /** Canonical; what the address names. */
  cid: string
  credential: { kind: 'link' | 'bearer'; token: string }
  /** Of a Bearer credential: the organization that it is used in, by its id. */
  organization?: string
  password?: string
  address: string
  /** It was granted before, for what is still being sent: nothing is counted. */
  isAgain?: boolean
}

/** The credential names this content, and may read it. */
export type FileGrant = {
  contentId: string
  /** Null for a Bearer credential. */
  linkId: string | null
  /** Ids of what it hangs on: link, content, organization, and of a Bearer credential the user, and the key or session. */
  hangsOn: readonly string[]
  /** No download is left; the rest of the last one may still be fetched. */
  isExhausted: boolean
  /** What the file is saved as. */
  name: string
  /** How private content is opened; undefined for public content. */
  secret?: SecretContent
}

/** The key of one private root, for one request. */
export type SecretContent = {
  organizationId: string
  contentId: string
  /** The CID of its list of ciphertexts. */
  list: string
  /** base64 */
  rootKey: string
}

export type FileRefusal = {
  code:
    | 'not_found'
    | 'invalid_token'
    | 'link_expired'
    | 'link_password_required'
    | 'link_password_wrong'
    | 'rate_limited'
    | 'forbidden'
    | 'unavailable'
  retryAfterSeconds?: number
}

export type FileAnswer = { grant: FileGrant } | { refusal: FileRefusal }

/** A response that is about to be sent through a link. */
export type DownloadQuestion = { linkId: string; target: string; address: string; hasFirstByte: boolean }
