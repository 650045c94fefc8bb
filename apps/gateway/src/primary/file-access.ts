import { findLink, type FoundLink, type LinkedContent } from '@packages/db/file-links/find-link'
import { takeDownload } from '@packages/db/file-links/take-download'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { RateLimiter } from '@packages/runtime/rate-limiter'
import { ScryptPasswords } from '@packages/runtime/scrypt-password'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { DownloadQuestion, FileAnswer, FileQuestion, FileRefusal } from '../worker/file-question.ts'
import { networkOf } from './network-of.ts'
import { RightPasswords } from './right-passwords.ts'

/** Tells whose files a Bearer credential of an account reads, and the ids that it hangs on beside. @throws HoldfastError */
export type AuthenticateReader = (credential: {
  token: string
  organization: string | undefined
  address: string
  /** Of what is being sent: no use of a key is taken. */
  isAgain: boolean
}) => Promise<{ organizationId: string; hangsOn: readonly string[] }>

/** What private files of an organization are opened by. */
export type PrivateFiles = {
  /** Undefined once it was destroyed. */
  rootKey(organizationId: string, contentId: string): Promise<Uint8Array | undefined>
  /** What a private file's row says in place of its name. */
  openName(organizationId: string, file: { id: string; sealed: string }): Promise<string>
  /** What its row is found by; undefined for an organization without private files. */
  cidHash(organizationId: string, canonicalCid: string): Promise<Buffer | undefined>
}

export type FileAccessDeps = {
  db: Pick<Database, 'kysely'>
  logger: MinimalLogger
  /** Of passwords: by link and client, and by link, from wherever. */
  passwordTries: { client: RateLimiter; link: RateLimiter }
  /** Undefined: links alone open files. */
  authenticateReader: AuthenticateReader | undefined
  /** Undefined: private content is opened to nobody. */
  privateFiles: PrivateFiles | undefined
}

const refused = (code: FileRefusal['code'], retryAfterSeconds?: number): FileAnswer => ({
  refusal: retryAfterSeconds === undefined ? { code } : { code, retryAfterSeconds },
})

const KNOWN: readonly string[] = ['not_found', 'invalid_token', 'rate_limited', 'unavailable']

/** What of an error of ours its credential's holder may know. */
const codeOf = ({ code, status }: HoldfastError): FileRefusal['code'] => {
  if (KNOWN.includes(code)) return code as FileRefusal['code']
  return status === 401 ? 'invalid_token' : status === 403 ? 'forbidden' : 'unavailable'
}

/** Decides who reads what under /files. Each question asks the database: nothing that can be revoked is remembered. */
export class FileAccess {
  readonly #deps: FileAccessDeps
  readonly #passwords = new ScryptPasswords()
  readonly #right = new RightPasswords()

  constructor(deps: FileAccessDeps) {
    this.#deps = deps
  }

  async find(question: FileQuestion): Promise<FileAnswer> {
    try {
      return await (question.credential.kind === 'link' ? this.#byLink(question) : this.#byBearer(question))
    } catch (error) {
      if (error instanceof HoldfastError && error.code !== 'internal') return refused(codeOf(error))
      this.#deps.logger.warn({ err: error }, 'a question about a file could not be answered')
      return refused('unavailable', 2)
    }
  }

  take(question: DownloadQuestion): Promise<boolean | null> {
    return takeDownload(this.#deps.db.kysely, { ...question, address: networkOf(question.address) }).catch((err) => {
      this.#deps.logger.warn({ err }, 'a download could not be counted')
      return null
    })
  }

  async #byLink(question: FileQuestion): Promise<FileAnswer> {
    const link = await findLink(this.#deps.db.kysely, question.credential.token)
    if (link === undefined) return refused('not_found')
    // Who holds the token knows that there was a link; whether it ever opened the CID of this address is not told.
    if (link.isOver) return refused('link_expired')
    const { content } = link
    // The plaintext CID of private content is found out by opening it.
    if (content.realm === 'public' && content.cid !== question.cid) return refused('not_found')
    const refusal = await this.#checkPassword(link, question)
    return refusal ?? this.#grant(link.organizationId, content, { link, hangsOn: [link.id] })
  }

  async #grant(
    organizationId: string,
    content: LinkedContent,
    { link, hangsOn }: { link: FoundLink | null; hangsOn: readonly string[] },
  ): Promise<FileAnswer> {
    const { id: contentId, fileId, realm, cid: list, name } = content
    const grant = {
      contentId,
      linkId: link?.id ?? null,
      hangsOn: [organizationId, contentId, ...hangsOn],
      isExhausted: link?.isExhausted ?? false,
    }
    if (realm === 'public') return { grant: { ...grant, name } }
    const { privateFiles } = this.#deps
    const key = await privateFiles?.rootKey(organizationId, contentId)
    if (privateFiles === undefined || key === undefined) return refused('not_found')
    const secret = { organizationId, contentId, list, rootKey: Buffer.from(key).toString('base64') }
    return {
      grant: { ...grant, name: await privateFiles.openName(organizationId, { id: fileId, sealed: name }), secret },
    }
  }

  async #checkPassword(link: FoundLink, { password, address }: FileQuestion): Promise<FileAnswer | undefined> {
    const { passwordHash: hash, id: linkId } = link
    if (hash === null) return undefined
    if (password === undefined) return refused('link_password_required')
    const proof = this.#right.proofOf(linkId, hash, password)
    if (this.#right.has(proof)) return undefined
    const { client, link: all } = this.#deps.passwordTries
    // Who is shut out alone uses nothing up of what others have.
    for (const [tries, key] of [
      [client, `${linkId} ${networkOf(address)}`],
      [all, linkId],
    ] as const) {
      const { allowed, resetMs } = await tries.consume(key)
      if (!allowed) return refused('rate_limited', Math.ceil(resetMs / 1_000))
    }
    if (!(await this.#passwords.isRight(hash, password))) return refused('link_password_wrong')
    this.#right.add(proof)
    return undefined
  }

  async #byBearer({ credential, organization, address, cid, isAgain = false }: FileQuestion): Promise<FileAnswer> {
    const authenticate = this.#deps.authenticateReader
    if (authenticate === undefined) return refused('not_found')
    const { token } = credential
    const { organizationId, hangsOn } = await authenticate({ token, organization, address, isAgain })
    const content = await this.#fileOf(organizationId, cid)
    if (content === undefined) return refused('not_found')
    return this.#grant(organizationId, content, { link: null, hangsOn })
  }

  /** The organization's newest file of this CID. */
  async #fileOf(organizationId: string, cid: string): Promise<LinkedContent | undefined> {
    const hash = (await this.#deps.privateFiles?.cidHash(organizationId, cid)) ?? null
    return this.#deps.db.kysely
      .selectFrom('files as f')
      .innerJoin('contents as c', 'c.id', 'f.content_id')
      .where('f.organization_id', '=', organizationId)
      .where('c.state', '=', 'held')
      .where((where) =>
        where.or([
          where.and([where('c.realm', '=', 'public'), where('c.cid', '=', cid)]),
          where.and([where('c.realm', '=', 'private'), where('f.cid_hash', '=', hash)]),
        ]),
      )
      .select(['c.id', 'c.realm', 'c.cid', 'f.id as fileId', 'f.original_name as name'])
      .orderBy('f.id', 'desc')
      .executeTakeFirst()
  }
}
