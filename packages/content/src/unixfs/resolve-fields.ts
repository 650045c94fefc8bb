import * as dagCbor from '@ipld/dag-cbor'
import * as dagJson from '@ipld/dag-json'
import { CODEC_DAG_CBOR } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import { linkedCids } from '../block-store/block-links.ts'
import { InvalidDagError } from './dag-errors.ts'

/** Where a path leads in a block: to a link after some segments, or (`link` undefined) to a value at its end. */
export type ResolvedFields = { link: CID | undefined; taken: number }

const INDEX = /^(?:0|[1-9]\d{0,9})$/

/**
 * Follows fields of maps and indexes of lists in a block of DAG-CBOR or DAG-JSON, up to the first link; undefined when
 * there is no such field.
 * @throws InvalidDagError for what is no such block, or one that is nested too deep
 */
export const resolveFields = (cid: CID, block: Uint8Array, segments: readonly string[]): ResolvedFields | undefined => {
  let value = decodeDocument(cid, block)
  for (let taken = 0; ; taken++) {
    const link = CID.asCID(value)
    if (link !== null) return { link, taken }
    const segment = segments[taken]
    if (segment === undefined) return { link: undefined, taken }
    if (Array.isArray(value) && INDEX.test(segment)) value = value[Number(segment)]
    else if (isMap(value) && Object.hasOwn(value, segment)) value = value[segment]
    else return undefined
    if (value === undefined) return undefined
  }
}

/** What a block of DAG-CBOR or DAG-JSON says. @throws InvalidDagError as `resolveFields` */
export const decodeDocument = (cid: CID, block: Uint8Array): unknown => {
  try {
    // Bounds the nesting before the decoder recurses into it.
    linkedCids(cid.code, block)
    return cid.code === CODEC_DAG_CBOR ? dagCbor.decode(block) : dagJson.decode(block)
  } catch (cause) {
    throw new InvalidDagError(cid, 'the block is not what its codec says', cause)
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
