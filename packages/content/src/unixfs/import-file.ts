import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CID } from 'multiformats/cid'
import type { BlockSink } from '../block-source.ts'
import { abortable } from './abortable.ts'
import { BalancedLayout } from './balanced-layout.ts'
import { dagPbCid, rawCid, rawCidOfParts } from './block-cid.ts'
import type { Chunk } from './chunker.ts'
import { encodeFileLeaf, encodeFileNode, type FileLink } from './file-node-encode.ts'
import { checkImportProfile, type FileProfile } from './import-profile.ts'
import { makeChunker } from './make-chunker.ts'

/** So long may a piece be cut and hashed without a turn for others: one of 64 KiB can be 65,536 chunks. */
const TURN_MS = 5

export type ImportFileOptions = {
  sink: BlockSink
  profile: FileProfile
  signal?: AbortSignal
  /** Called with the number of bytes of each piece as it is taken. */
  onBytes?: (count: number) => void
}

export type ImportedFile = {
  root: CID
  /** Bytes of the file. */
  size: number
  /** Bytes of all blocks, a repeated one counted each time: the Tsize that a directory would give this file. */
  dagSize: number
  /** Blocks given to the sink, repeated ones counted each time. */
  blocks: number
}

/**
 * Turns a stream of bytes into a UnixFS file, block by block into `sink`, children before parents and the root last.
 * Holds one chunk and the links of one node for each level, whatever the size of the file. Pieces of `source` must not
 * be written to after they were given.
 * @throws the signal's reason, or what `source` or `sink` throws; the sink then holds blocks without a root.
 */
export const importFile = async (
  source: AsyncIterable<Uint8Array>,
  { sink, profile, signal, onBytes }: ImportFileOptions,
): Promise<ImportedFile> => {
  checkImportProfile(profile)
  const chunker = makeChunker(profile.chunker)
  let size = 0
  let blocks = 0

  const store = async (cid: CID, bytes: Uint8Array): Promise<void> => {
    blocks++
    await sink.put(cid, bytes)
  }
  const layout = new BalancedLayout(profile.maxLinks, async (links) => {
    const bytes = encodeFileNode(links)
    const cid = dagPbCid(bytes, profile.cidVersion)
    await store(cid, bytes)
    const children = links.reduce((sum, link) => sum + link.dagBytes, 0)
    const fileBytes = links.reduce((sum, link) => sum + link.fileBytes, 0)
    return { cid, fileBytes, dagBytes: bytes.length + children }
  })
  const addLeaf = async (chunk: Chunk): Promise<void> => {
    const { parts, length } = chunk
    if (profile.rawLeaves && parts.length > 1 && sink.putParts !== undefined) {
      const cid = rawCidOfParts(parts)
      blocks++
      await sink.putParts(cid, parts, length)
      await layout.add({ cid, fileBytes: length, dagBytes: length })
      return
    }
    const leaf = makeLeaf(chunk, profile)
    await store(leaf.link.cid, leaf.bytes)
    await layout.add(leaf.link)
  }

  let turnStarted = performance.now()
  for await (const bytes of signal === undefined ? source : abortable(source, signal)) {
    size += bytes.length
    onBytes?.(bytes.length)
    for (const chunk of chunker.push(bytes)) {
      await addLeaf(chunk)
      if (performance.now() - turnStarted < TURN_MS) continue
      await nextTurn()
      signal?.throwIfAborted()
      turnStarted = performance.now()
    }
  }
  const last = chunker.flush()
  if (last !== undefined) await addLeaf(last)
  else if (size === 0) await addLeaf({ parts: [], length: 0 })

  signal?.throwIfAborted()
  const root = await layout.finish()
  return { root: root.cid, size, dagSize: root.dagBytes, blocks }
}

const makeLeaf = ({ parts, length }: Chunk, profile: FileProfile): { bytes: Uint8Array; link: FileLink } => {
  const bytes = profile.rawLeaves ? joinParts(parts, length) : encodeFileLeaf(parts, length)
  const cid = profile.rawLeaves ? rawCid(bytes) : dagPbCid(bytes, profile.cidVersion)
  return { bytes, link: { cid, fileBytes: length, dagBytes: bytes.length } }
}

const joinParts = (parts: Uint8Array[], length: number): Uint8Array =>
  parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, length)
