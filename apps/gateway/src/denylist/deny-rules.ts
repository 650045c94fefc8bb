import { hash } from 'node:crypto'
import { base32Text } from '@packages/shared/base32-text'
import { base58Text } from '@packages/shared/base58-text'
import {
  CODEC_CBOR,
  CODEC_DAG_CBOR,
  CODEC_DAG_JSON,
  CODEC_DAG_PB,
  CODEC_JSON,
  CODEC_LIBP2P_KEY,
  CODEC_RAW,
} from '@packages/shared/cid'
import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import { keyNameOf } from '../request/root-label.ts'

/** What a denied request is answered with: 410, or 451 where the list says so (`gateway_status:451`). */
export type DenyStatus = 410 | 451

/** Of a path below a root; `isPrefix`: everything that begins so. Later rules win, and some allow. */
type PathRule = { path: string; isPrefix: boolean; order: number; status: DenyStatus | null }
type HashRule = Omit<PathRule, 'path' | 'isPrefix'>

/** One rule as it was read: what it is found by, and what it says. */
export type DenyRule =
  | { kind: 'path'; key: string; path: string; isPrefix: boolean; status: DenyStatus | null }
  | { kind: 'hash'; digest: string; status: DenyStatus | null }

/** What is asked for: a path below content, or below a name. */
export type Asked =
  | { namespace: 'ipfs'; root: CID; rest: readonly string[] }
  | { namespace: 'ipns'; root: string; rest: readonly string[] }

/** The same bytes can be asked for by each of them, and a hashed rule has the one that its author saw. */
const CODECS = [CODEC_DAG_PB, CODEC_RAW, CODEC_DAG_CBOR, CODEC_DAG_JSON, CODEC_CBOR, CODEC_JSON]

/** In base64, which is made three times as fast as digits. */
const sha256 = (text: string): string => hash('sha256', text, 'base64')

/** What decoding base58 takes grows with the square of its length. No CID that is served has more. */
const MAX_ROOT = 300

/** A PeerID in base58 is a key as well. */
const asCid = (namespace: Asked['namespace'], root: string): CID | undefined => {
  if (root.length > MAX_ROOT) return undefined
  try {
    return CID.parse(namespace === 'ipns' ? (keyNameOf(root) ?? root) : root)
  } catch {
    return undefined
  }
}

/** Without the slashes at its end. */
export const withoutSlashes = (path: string): string => {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}

/** A multihash in base58btc, as rules name what they are about: any encoding and codec of a CID has the same. */
export const bareHash = (cid: CID): string => base58Text(cid.multihash.bytes)

const keyOf = (namespace: Asked['namespace'], { multihash }: CID): string =>
  `${namespace}:${Buffer.from(multihash.bytes).toString('latin1')}`

/** What rules about this root are found by. Names that are no keys are domains. */
export const ruleKey = (namespace: Asked['namespace'], root: string): string | undefined => {
  if (root.length > MAX_ROOT) return undefined
  const cid = asCid(namespace, root)
  if (cid !== undefined) return keyOf(namespace, cid)
  return namespace === 'ipns' ? `ipns:${root.toLowerCase()}` : undefined
}

const keyOfAsked = (asked: Asked): string | undefined =>
  asked.namespace === 'ipfs' ? keyOf('ipfs', asked.root) : ruleKey('ipns', asked.root)

const pathOf = (rest: readonly string[]): string => {
  const path = withoutSlashes(rest.join('/'))
  return path === '' ? '' : `/${path}`
}

/** Everything that a double-hashed rule about this may be the hash of (specification, "//DOUBLE-HASH"). */
const hashedTexts = ({ namespace, root }: Asked, path: string): string[] => {
  const cid = namespace === 'ipfs' ? root : asCid(namespace, root)
  if (cid === undefined) return [`/ipns/${root}${path}`, `${root}${path === '' ? '/' : path}`]
  const codecs = namespace === 'ipns' ? [CODEC_LIBP2P_KEY] : new Set([cid.code, ...CODECS])
  const texts = [`${bareHash(cid)}${path}`]
  for (const codec of codecs) texts.push(`${v1Text(codec, cid.multihash.bytes)}${path === '' ? '/' : path}`)
  return texts
}

/** CIDv1 in base32; making a CID of the library's for each codec took four times as long as all else. */
const v1Text = (codec: number, multihash: Uint8Array): string => {
  const start = 1 + varint.encodingLength(codec)
  const bytes = new Uint8Array(start + multihash.length)
  bytes[0] = 1
  varint.encodeTo(codec, bytes, 1)
  bytes.set(multihash, start)
  return `b${base32Text(bytes)}`
}

/** The rules of all lists, in their order. https://specs.ipfs.tech/compact-denylist-format/ */
export class DenyRules {
  readonly #paths = new Map<string, PathRule[]>()
  readonly #hashes = new Map<string, HashRule>()
  #order = 0

  get size(): number {
    return this.#order
  }

  /** There are rules that tell nobody what they are about. */
  get haveHashes(): boolean {
    return this.#hashes.size > 0
  }

  add(rule: DenyRule): void {
    const order = this.#order++
    const { status } = rule
    if (rule.kind === 'hash') {
      this.#hashes.set(Buffer.from(rule.digest, 'hex').toString('base64'), { order, status })
      return
    }
    const { path, isPrefix } = rule
    const rules = this.#paths.get(rule.key)
    if (rules === undefined) this.#paths.set(rule.key, [{ path, isPrefix, order, status }])
    else rules.push({ path, isPrefix, order, status })
  }

  /** The last rule that fits says it; null when none denies. */
  statusOf(asked: Asked): DenyStatus | null {
    if (this.#order === 0) return null
    const path = pathOf(asked.rest)
    let last: HashRule | undefined
    const take = (rule: HashRule): void => {
      if (last === undefined || rule.order > last.order) last = rule
    }
    for (const rule of this.#pathRules(asked))
      if (rule.isPrefix ? path.startsWith(rule.path) : path === rule.path) take(rule)
    if (this.#hashes.size > 0)
      for (const text of hashedTexts(asked, path)) {
        const rule = this.#hashes.get(sha256(text))
        if (rule !== undefined) take(rule)
      }
    return last?.status ?? null
  }

  /** Of the first path below this one that rules deny by its name; hashed rules tell nobody what they are below. */
  statusBelow(asked: Asked): DenyStatus | null {
    const above = `${pathOf(asked.rest)}/`
    for (const { path, status } of this.#pathRules(asked)) {
      if (status === null || !path.startsWith(above)) continue
      const denied = this.statusOf({ ...asked, rest: path.slice(1).split('/') })
      if (denied !== null) return denied
    }
    return null
  }

  #pathRules(asked: Asked): readonly PathRule[] {
    const key = this.#paths.size === 0 ? undefined : keyOfAsked(asked)
    return (key === undefined ? undefined : this.#paths.get(key)) ?? []
  }
}
