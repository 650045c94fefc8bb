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
  /** The connection ends with this response. */
  close?: boolean
}

/**
 * Bytes whose number nobody knows before they are made. An error in between ends the connection: without its last chunk a response
 * is seen to be no whole one. `take` gives room for a part; it is taken again for the next.
 */
export type StreamedBody = { stream(signal: AbortSignal, take: TakeBuffer): AsyncIterable<Uint8Array> }

/** Bytes `start` (inclusive) to `end` (exclusive) of a content; Content-Length has promised exactly these. */
export type ContentSlice = { content: Content; start: number; end: number }
