import type { CID } from 'multiformats/cid'
import type { Content } from '../content/content.ts'
import type { TakeBuffer } from '../content/held-directories.ts'

/**
 * All that a response is, decided before anything is sent. `headers` is flat (name, value, name, value), as
 * `writeHead` takes it; Date and Connection are node's. A HEAD has the headers of its GET and `body: null`.
 */
export type ResponsePlan = {
  status: number
  headers: readonly string[]
  body: null | Buffer | ContentSlice | StreamedBody
  /** What the answer hangs on; undefined where that is no content. */
  about?: About
  /** The connection ends with this response. */
  close?: boolean
}

/** What an answer was made from, by which shared caches are told to let it go. */
export type About = {
  /** The CIDs on the way of its path, and that of what it sends. */
  cids: readonly CID[]
  /** The names that led there. */
  names?: readonly string[]
  /** It is made of more blocks than those. */
  isDeep?: boolean
  /** The Accept header chose it, and no address of its own gives it. */
  isChosen?: boolean
}

/**
 * Bytes whose number nobody knows before they are made. An error in between ends the connection: without its last chunk a response
 * is seen to be no whole one. `take` gives room for a part; it is taken again for the next.
 */
export type StreamedBody = { stream(signal: AbortSignal, take: TakeBuffer): AsyncIterable<Uint8Array> }

/** Bytes `start` (inclusive) to `end` (exclusive) of a content; Content-Length has promised exactly these. */
export type ContentSlice = { content: Content; start: number; end: number }
