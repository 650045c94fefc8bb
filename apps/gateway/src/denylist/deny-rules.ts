import { hash } from 'node:crypto'
import {
  CODEC_CBOR,
  CODEC_DAG_CBOR,
  CODEC_DAG_JSON,
  CODEC_DAG_PB,
  CODEC_JSON,
  CODEC_LIBP2P_KEY,
  CODEC_RAW,
} from '@packages/shared/cid'
import { base58btc } from 'multiformats/bases/base58'
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

export type Asked = { namespace: 'ipfs' | 'ipns'; root: string; rest: readonly string[] }

/** The same bytes can be asked for by each of them, and a hashed rule has the one that its author saw. */
const CODECS = [CODEC_DAG_PB, CODEC_RAW, CODEC_DAG_CBOR, CODEC_DAG_JSON, CODEC_CBOR, CODEC_JSON]

const sha256 = (text: string): string => hash('sha256', text)

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
export const bareHash = (cid: CID): string => base58btc.encode(cid.multihash.bytes).slice(1)

/** What rules about this root are found by. Names that are no keys are domains. */
export const ruleKey = (namespace: 'ipfs' | 'ipns', root: string): string | undefined => {
  if (root.length > MAX_ROOT) return undefined
  const cid = asCid(namespace, root)
  if (cid !== undefined) return `${namespace}:${bareHash(cid)}`
  return namespace === 'ipns' ? `ipns:${root.toLowerCase()}` : undefined
}

const pathOf = (rest: readonly string[]): string => {
  const path = withoutSlashes(rest.join('/'))
  return path === '' ? '' : `/${path}`
}

/** Everything that a double-hashed rule about this may be the hash of (specification, "//DOUBLE-HASH"). */
const hashedTexts = ({ namespace, root }: Asked, path: string): string[] => {
  const cid = asCid(namespace, root)
  if (cid === undefined) return [`/ipns/${root}${path}`, `${root}${path === '' ? '/' : path}`]
  const codecs = namespace === 'ipns' ? [CODEC_LIBP2P_KEY] : new Set([cid.code, ...CODECS])
  const v1 = Array.from(codecs, (codec) => `${CID.createV1(codec, cid.multihash)}${path === '' ? '/' : path}`)
  return [`${bareHash(cid)}${path}`, ...v1]
}

/** The rules of all lists, in their order. https://specs.ipfs.tech/compact-denylist-format/ */
export class DenyRules {
  readonly #paths = new Map<string, PathRule[]>()
  readonly #hashes = new Map<string, HashRule>()
  #order = 0

  get size(): number {
    return this.#order
  }

  add(rule: DenyRule): void {
    const order = this.#order++
    const { status } = rule
    if (rule.kind === 'hash') {
      this.#hashes.set(rule.digest, { order, status })
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
    const key = ruleKey(asked.namespace, asked.root)
    for (const rule of (key === undefined ? undefined : this.#paths.get(key)) ?? [])
      if (rule.isPrefix ? path.startsWith(rule.path) : path === rule.path) take(rule)
    if (this.#hashes.size > 0)
      for (const text of hashedTexts(asked, path)) {
        const rule = this.#hashes.get(sha256(text))
        if (rule !== undefined) take(rule)
      }
    return last?.status ?? null
  }

  /** Of the first path below this one that rules deny by its name; hashed rules tell nobody what they are below. */
  statusBelow({ namespace, root, rest }: Asked): DenyStatus | null {
    const key = this.#paths.size === 0 ? undefined : ruleKey(namespace, root)
    const above = `${pathOf(rest)}/`
    for (const { path, status } of (key === undefined ? undefined : this.#paths.get(key)) ?? []) {
      if (status === null || !path.startsWith(above)) continue
      const denied = this.statusOf({ namespace, root, rest: path.slice(1).split('/') })
      if (denied !== null) return denied
    }
    return null
  }
}
