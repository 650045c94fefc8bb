import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { MasterKey } from '@packages/runtime/master-key'

/** `head`: the chain's end when it was signed. `checkpoint`: the last row that retention takes away. */
export type AuditHead = { kind: 'head' | 'checkpoint'; seq: number; hash: string; at: string }

/** A line of the file was changed: its signature does not fit. */
export class HeadSignatureError extends Error {
  override readonly name = 'HeadSignatureError'
}

/** PKCS #8 of an Ed25519 seed (RFC 8410, 7), up to the seed. */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

export const auditSigningKey = (masterKey: MasterKey): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([ED25519_PREFIX, masterKey.derive('holdfast/audit-head/v1')]),
    format: 'der',
    type: 'pkcs8',
  })

export const headsPath = (dataDir: string): string => join(dataDir, 'audit', 'heads.jsonl')

const MAX_HEADS = 10_000
const KEPT_HEADS = 1_000

const signedText = ({ kind, seq, hash, at }: AuditHead): Buffer =>
  Buffer.from(`holdfast/audit-head/v1\n${JSON.stringify([kind, seq, hash, at])}`)

/**
 * The chain's signed heads, in a file outside of the database: one JSON line each, appended and synced. A line that a crash
 * cut off is passed over.
 */
export class SignedHeads {
  readonly #path: string
  readonly #key: KeyObject
  #heads: AuditHead[]
  /** Whether the file ends within a line. */
  #torn: boolean

  private constructor(path: string, key: KeyObject, read: { heads: AuditHead[]; torn: boolean }) {
    this.#path = path
    this.#key = key
    this.#heads = read.heads
    this.#torn = read.torn
  }

  /** @throws HeadSignatureError */
  static async open(path: string, key: KeyObject): Promise<SignedHeads> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    return new SignedHeads(path, key, await readHeads(path, key))
  }

  /** The head with the highest place; checkpoints lie below it. */
  get newest(): AuditHead | undefined {
    return this.#heads.findLast(({ kind }) => kind === 'head')
  }

  get all(): readonly AuditHead[] {
    return this.#heads.toSorted((a, b) => a.seq - b.seq)
  }

  /** Resolves when the head is on the disk. */
  async append(kind: AuditHead['kind'], { seq, hash }: { seq: number; hash: string }): Promise<void> {
    const head: AuditHead = { kind, seq, hash, at: new Date().toISOString() }
    const isNew = this.#heads.length === 0
    await writeSynced(this.#path, 'a', `${this.#torn ? '\n' : ''}${lineOf(head, this.#key)}`)
    this.#torn = false
    if (isNew) await syncFolder(this.#path)
    this.#heads.push(head)
    if (this.#heads.length > MAX_HEADS) await this.#shorten()
  }

  /** Keeps the newest heads and the newest checkpoint: older ones say nothing that these do not. */
  async #shorten(): Promise<void> {
    const checkpoint = this.#heads.findLast(({ kind }) => kind === 'checkpoint')
    const newest = new Set([checkpoint, this.newest, ...this.#heads.slice(-KEPT_HEADS)])
    const heads = this.#heads.filter((head) => newest.has(head))
    const draft = `${this.#path}.new`
    await writeSynced(draft, 'w', heads.map((head) => lineOf(head, this.#key)).join(''))
    await rename(draft, this.#path)
    await syncFolder(this.#path)
    this.#heads = heads
  }
}

const lineOf = (head: AuditHead, key: KeyObject): string =>
  `${JSON.stringify({ ...head, signature: sign(null, signedText(head), key).toString('base64url') })}\n`

const readHeads = async (path: string, key: KeyObject): Promise<{ heads: AuditHead[]; torn: boolean }> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const publicKey = createPublicKey(key)
  const heads = text.split('\n').flatMap((line, index) => {
    const read = parse(line)
    if (read === undefined) return []
    const { signature, ...head } = read
    if (!verify(null, signedText(head), publicKey, Buffer.from(signature, 'base64url')))
      throw new HeadSignatureError(`line ${index + 1} of ${path} is not signed by this installation's key`)
    return [head]
  })
  return { heads, torn: text !== '' && !text.endsWith('\n') }
}

/** Undefined for a line that a crash cut off. */
const parse = (line: string): (AuditHead & { signature: string }) | undefined => {
  try {
    const { kind, seq, hash, at, signature } = JSON.parse(line) as AuditHead & { signature: string }
    return { kind, seq, hash, at, signature }
  } catch {
    return undefined
  }
}

const writeSynced = async (path: string, flags: 'a' | 'w', text: string): Promise<void> => {
  const file = await open(path, flags, 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
}
