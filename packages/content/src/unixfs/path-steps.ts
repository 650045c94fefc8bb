import { CODEC_DAG_CBOR, CODEC_DAG_JSON, CODEC_DAG_PB, MAX_IDENTITY_DIGEST_BYTES } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { CID } from 'multiformats/cid'
import { isIdentity } from '../block-store/block-key.ts'
import { checkShard } from './check-shard.ts'
import { decodeDirectoryNode, linkCid, linkName } from './directory-node-decode.ts'
import { prefixLength } from './hamt-slots.ts'
import { READ_LIMITS } from './read-limits.ts'
import { decodeDocument } from './resolve-fields.ts'

/** From a block to one that it links to: by these segments of a path, or by none where that is a shard of the same directory. */
export type PathStep = { names: readonly string[]; cid: CID }

const CODECS: ReadonlySet<number> = new Set([CODEC_DAG_PB, CODEC_DAG_CBOR, CODEC_DAG_JSON])

/** Whether a path may lead on from a block of this CID. */
export const mayHaveSteps = ({ code }: CID): boolean => CODECS.has(code)

/** All steps by which `resolvePath` may go on from a block. What is malformed is left out: no path leads through it. */
export function* pathSteps(cid: CID, block: Uint8Array): Generator<PathStep> {
  for (const step of cid.code === CODEC_DAG_PB ? entrySteps(cid, block) : documentSteps(cid, block))
    if (!isIdentity(step.cid) || step.cid.multihash.digest.length <= MAX_IDENTITY_DIGEST_BYTES) yield step
}

function* entrySteps(cid: CID, block: Uint8Array): Generator<PathStep> {
  const node = wellFormed(() => decodeDirectoryNode(cid, block, READ_LIMITS.maxOpenLinks))
  if (node === undefined) return
  const prefix = node.shard === undefined ? 0 : wellFormed(() => prefixLength(checkShard(node).fanout))
  if (prefix === undefined) return
  for (const link of node.links) {
    const name = wellFormed(() => linkName(node, link, prefix))
    const to = wellFormed(() => linkCid(node, link))
    if (name === undefined || to === undefined) continue
    if (name !== '') yield { names: [name], cid: to }
    else if (node.shard !== undefined) yield { names: [], cid: to }
  }
}

function* documentSteps(cid: CID, block: Uint8Array): Generator<PathStep> {
  if (!mayHaveSteps(cid)) return
  const document = wellFormed(() => decodeDocument(cid, block))
  if (document !== undefined) yield* fieldSteps(document, [])
}

function* fieldSteps(value: unknown, names: readonly string[]): Generator<PathStep> {
  const link = CID.asCID(value)
  if (link !== null) yield { names, cid: link }
  else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
    for (const [name, field] of Object.entries(value)) yield* fieldSteps(field, [...names, name])
}

const wellFormed = <T>(decode: () => T): T | undefined => {
  try {
    return decode()
  } catch (error) {
    if (error instanceof HoldfastError) return undefined
    throw error
  }
}
