import { CID } from 'multiformats/cid'
import { type BlockKey, bytesToKey, keyToBytes } from './block-key.ts'
import { decodeRoot, encodeRoot, type RootValue } from './index-entry.ts'
import type { BinaryDatabase, StoreIndex } from './store-index.ts'

/** A root as it is told: `bytes` of its distinct blocks, when that is known. */
export type StoredRoot = {
  realm: string
  cid: CID
  contentId: string
  addedAt: number
  bytes?: number
  blocks?: number
}

const REALM = /^[a-z0-9][a-z0-9:_-]{0,63}$/
const CONTENT_ID = /^[\x21-\x7e]{1,128}$/

/** @throws TypeError: realms and content ids come from our own code, a bad one is a defect there. */
export const checkNames = (names: { realm?: string; contentId?: string }): void => {
  if (names.realm !== undefined && !REALM.test(names.realm)) throw new TypeError('not a realm')
  if (names.contentId !== undefined && !CONTENT_ID.test(names.contentId)) throw new TypeError('not a content id')
}

/** realm ‖ 0 ‖ length of the CID u8 ‖ CIDv1 ‖ contentId */
const rootKey = (realm: string, cid: CID, contentId: string): Buffer =>
  Buffer.concat([rootPrefix(realm, cid), Buffer.from(contentId)])

const rootPrefix = (realm: string, cid: CID): Buffer => {
  const bytes = cid.toV1().bytes
  return Buffer.concat([Buffer.from(`${realm}\0`), Uint8Array.of(bytes.length), bytes])
}

const parseRootKey = (key: Buffer): { realm: string; cid: CID; contentId: string } => {
  const end = key.indexOf(0)
  const cidStart = end + 2
  const cidEnd = cidStart + (key[end + 1] ?? 0)
  return {
    realm: key.toString('latin1', 0, end),
    cid: CID.decode(new Uint8Array(key.subarray(cidStart, cidEnd))),
    contentId: key.toString('latin1', cidEnd),
  }
}

const present = (root: { realm: string; cid: CID; contentId: string }, value: RootValue): StoredRoot => ({
  ...root,
  addedAt: value.addedAt,
  ...(value.bytes >= 0 ? { bytes: value.bytes } : {}),
  ...(value.blocks >= 0 ? { blocks: value.blocks } : {}),
})

export const hasOwner = (index: StoreIndex, contentId: string): boolean =>
  index.owners.get(Buffer.from(contentId)) !== undefined

/** The realm of a content id that has a root, or had one that a rebuild found not whole. */
export const realmOf = (index: StoreIndex, contentId: string): string | undefined => {
  const key = index.owners.get(Buffer.from(contentId))
  return key === undefined ? brokenRoot(index, contentId)?.realm : parseRootKey(key).realm
}

/** Inside a transaction: notes a root that is not whole in the index, and the segment with its marker. */
export const putBroken = (index: StoreIndex, root: { contentId: string; realm: string; segment: number }): void =>
  index.broken.putSync(Buffer.from(root.contentId), Buffer.from(`${root.realm}\0${root.segment}`))

export const brokenRoot = (index: StoreIndex, contentId: string): { realm: string; segment: number } | undefined => {
  const [realm, segment] = index.broken.get(Buffer.from(contentId))?.toString('latin1').split('\0') ?? []
  return realm === undefined ? undefined : { realm, segment: Number(segment ?? 0) }
}

/** Inside a transaction: writes the root and its owner. */
export const putRoot = (
  index: StoreIndex,
  root: { realm: string; cid: CID; contentId: string },
  value: RootValue,
): void => {
  const key = rootKey(root.realm, root.cid, root.contentId)
  index.roots.putSync(key, encodeRoot(value))
  index.owners.putSync(Buffer.from(root.contentId), key)
}

export const rootOf = (
  index: StoreIndex,
  contentId: string,
): { realm: string; cid: CID; value: RootValue } | undefined => {
  const key = index.owners.get(Buffer.from(contentId))
  if (key === undefined) return undefined
  const value = index.roots.get(key)
  if (value === undefined) throw new Error(`the index has the owner ${contentId} of no root`)
  return { ...parseRootKey(key), value: decodeRoot(value) }
}

/** Up to `limit` content ids that have a root on this CID. */
export const ownersOf = (
  roots: BinaryDatabase,
  { realm, cid }: { realm: string; cid: CID },
  limit: number,
): string[] => {
  const prefix = rootPrefix(realm, cid)
  const owners: string[] = []
  for (const found of roots.getKeys({ start: prefix, limit })) {
    if (!found.subarray(0, prefix.length).equals(prefix)) break
    owners.push(found.toString('latin1', prefix.length))
  }
  return owners
}

/** Inside a transaction. */
export const removeRoot = (index: StoreIndex, realm: string, cid: CID, contentId: string): void => {
  index.roots.removeSync(rootKey(realm, cid, contentId))
  index.owners.removeSync(Buffer.from(contentId))
}

/** Size of a DAG as some root on it told it. */
export const knownSize = (
  index: StoreIndex,
  realm: string,
  cid: CID,
): { bytes: number; blocks: number } | undefined => {
  const prefix = rootPrefix(realm, cid)
  for (const { key, value } of index.roots.getRange({ start: prefix, limit: 16 })) {
    if (!key.subarray(0, prefix.length).equals(prefix)) return undefined
    const root = decodeRoot(value)
    if (root.bytes >= 0) return { bytes: root.bytes, blocks: root.blocks }
  }
  return undefined
}

/** Up to `limit` roots behind the key `after`, in one go: no read transaction outlives the call. */
export const rootsAfter = (
  index: StoreIndex,
  after: Buffer | undefined,
  limit: number,
): { roots: StoredRoot[]; last: Buffer | undefined } => {
  const roots: StoredRoot[] = []
  let last: Buffer | undefined
  for (const { key, value } of index.roots.getRange(
    after === undefined ? { limit } : { start: after, limit: limit + 1 },
  )) {
    if (after !== undefined && Buffer.compare(key, after) === 0) continue
    last = Buffer.from(key)
    roots.push(present(parseRootKey(last), decodeRoot(value)))
  }
  return { roots, last }
}

/** A list of keys, each after its length. */
export const encodeKeyList = (realm: string, keys: readonly BlockKey[]): Buffer => {
  const parts: Uint8Array[] = [Uint8Array.of(realm.length), Buffer.from(realm)]
  for (const key of keys) parts.push(Uint8Array.of(key.length), keyToBytes(key))
  return Buffer.concat(parts)
}

export const decodeKeyList = (bytes: Buffer): { realm: string; keys: BlockKey[] } => {
  let position = 1 + (bytes[0] ?? 0)
  const realm = bytes.toString('latin1', 1, position)
  const keys: BlockKey[] = []
  while (position < bytes.length) {
    const length = bytes[position] ?? 0
    keys.push(bytesToKey(bytes.subarray(position + 1, position + 1 + length)))
    position += 1 + length
  }
  return { realm, keys }
}
