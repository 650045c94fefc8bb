import { encode } from '@ipld/dag-json'
import type { CID } from 'multiformats/cid'
import { decodeDocument } from '../unixfs/resolve-fields.ts'

/** A block of DAG-CBOR or DAG-JSON as indented DAG-JSON, for people. @throws InvalidDagError for what is no such block */
export const documentText = (cid: CID, block: Uint8Array): string =>
  JSON.stringify(JSON.parse(new TextDecoder().decode(encode(decodeDocument(cid, block)))), null, 2)
