import { base58Text } from '@packages/shared/base58-text'
import { CODEC_LIBP2P_KEY } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import { keyNameOf } from '../request/root-label.ts'
import { type HashRule, HashRules } from './hash-rules.ts'
import { digestOfText, digestsOf } from './hashed-texts.ts'

/** What a denied request is answered with: 410, or 451 where the list says so (`gateway_status:451`). */
export type DenyStatus = 410 | 451

/** Of a path below a root; `isPrefix`: everything that begins so. Later rules win, and some allow. */
type PathRule = { path: string; isPrefix: boolean; order: number; status: DenyStatus | null }

/** One rule as it was read: what it is found by, and what it says. */
export type DenyRule =
  | { kind: 'path'; key: string; path: string; isPrefix: boolean; status: DenyStatus | null }
  | { kind: 'hash'; digest: string; status: DenyStatus | null }

/** What is asked for: a path below content, or below a name. */
export type Asked =
  | { namespace: 'ipfs'; root: CID; rest: readonly string[] }
  | { namespace: 'ipns'; root: string; rest: readonly string[] }

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

/** The hashes of everything that a double-hashed rule about this may be the hash of (specification, "//DOUBLE-HASH"). */
const hashesOf = ({ namespace, root }: Asked, path: string): string[] => {
  const cid = namespace === 'ipfs' ? root : asCid(namespace, root)
  if (cid === undefined) return [`/ipns/${root}${path}`, `${root}${path === '' ? '/' : path}`].map(digestOfText)
  return digestsOf(cid, path, namespace === 'ipns' ? CODEC_LIBP2P_KEY : undefined)
}

/** The rules of all lists, in their order. https://specs.ipfs.tech/compact-denylist-format/ */
export class DenyRules {
  readonly #paths = new Map<string, PathRule[]>()
  readonly #hashes = new HashRules<DenyStatus | null>()
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
      this.#hashes.set(Buffer.from(rule.digest, 'hex').toString('latin1'), { order, status })
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
    let last: HashRule<DenyStatus | null> | undefined
    const take = (rule: HashRule<DenyStatus | null>): void => {
      if (last === undefined || rule.order > last.order) last = rule
    }
    for (const rule of this.#pathRules(asked))
      if (rule.isPrefix ? path.startsWith(rule.path) : path === rule.path) take(rule)
    if (this.#hashes.size > 0)
      for (const digest of hashesOf(asked, path)) {
        const rule = this.#hashes.get(digest)
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
