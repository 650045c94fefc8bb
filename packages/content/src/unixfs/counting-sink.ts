import type { CID } from 'multiformats/cid'
import type { BlockSink } from '../block-source.ts'

/** A sink that stores nothing: for CIDs without storage. Counts what it is given, repeated blocks each time. */
export class CountingSink implements BlockSink {
  blocks = 0
  bytes = 0

  put(_cid: CID, bytes: Uint8Array): void {
    this.blocks++
    this.bytes += bytes.length
  }

  putParts(_cid: CID, _parts: readonly Uint8Array[], length: number): void {
    this.blocks++
    this.bytes += length
  }
}
