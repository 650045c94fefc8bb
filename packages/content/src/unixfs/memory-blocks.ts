import { encode, prepare } from '@ipld/dag-pb'
import { UnixFS, type UnixFSType } from 'ipfs-unixfs'
import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'
import { dagPbCid, rawCid } from './block-cid.ts'

/** Blocks in memory for tests, and nodes that no importer would build. */
export class MemoryBlocks implements BlockSource {
  readonly blocks = new Map<string, Uint8Array>()
  loads = 0

  put(cid: CID, bytes: Uint8Array): void {
    this.blocks.set(cid.toString(), bytes)
  }

  async get(cid: CID, options?: { signal?: AbortSignal }): Promise<Uint8Array | undefined> {
    options?.signal?.throwIfAborted()
    this.loads++
    return this.blocks.get(cid.toString())
  }

  raw(bytes: Uint8Array): CID {
    const cid = rawCid(bytes)
    this.put(cid, bytes)
    return cid
  }

  /** A node of `data` and `children`, with any sizes one likes. */
  node(
    children: { cid: CID; size: number }[],
    fields: { type?: UnixFSType; data?: Uint8Array; filesize?: number } = {},
  ): CID {
    const blockSizes = children.map(({ size }) => BigInt(size))
    const unixfs = new UnixFS({ type: fields.type ?? 'file', blockSizes, ...(fields.data && { data: fields.data }) })
    let data = unixfs.marshal()
    // A second filesize field: the last one wins in protobuf.
    if (fields.filesize !== undefined) data = Buffer.concat([data, Buffer.from([0x18, fields.filesize])])
    return this.dagPb(data, children)
  }

  dagPb(data: Uint8Array | undefined, children: { cid: CID }[] = []): CID {
    const links = children.map(({ cid }) => ({ Hash: cid, Name: '', Tsize: 1 }))
    const bytes = encode(prepare({ Links: links, ...(data && { Data: data }) }))
    const cid = dagPbCid(bytes, 1)
    this.put(cid, bytes)
    return cid
  }
}
