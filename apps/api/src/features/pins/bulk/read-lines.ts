import { HoldfastError } from '@packages/shared/holdfast-error'
import type { BulkLimits } from './bulk-limits.ts'

/** A line of a body, without its end. `bytes` is undefined where it is too long to be one. */
export type Line = { number: number; bytes: Buffer | undefined }

const LF = 0x0a
const CR = 0x0d
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * Cuts a body into its lines, as it comes in; empty ones are passed over, and counted: they ask for nothing, but each costs a look, so that there may be as
 * many of them as of others. Holds no more than a line and a piece.
 * @throws HoldfastError `payload_too_large` behind the last line that is allowed
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  { lines, lineBytes, headerLines = 0 }: Pick<BulkLimits, 'lines' | 'lineBytes' | 'headerLines'>,
): AsyncGenerator<Line, void, undefined> {
  let rest: Buffer | undefined = Buffer.alloc(0)
  let number = 1
  let filled = 0
  let empty = 0
  const take = (bytes: Buffer | undefined): Line | undefined => {
    const text = bytes === undefined ? undefined : trimmed(bytes, number)
    const line = { number, bytes: text }
    number++
    if (text?.length === 0) {
      if (++empty > lines) throw tooMany(`${lines} empty lines`)
      return undefined
    }
    if (++filled > lines + headerLines) throw tooMany(`${lines} lines`)
    return line
  }
  for await (const piece of source) {
    let from = 0
    for (let end = piece.indexOf(LF); end !== -1; end = piece.indexOf(LF, from)) {
      const line = take(join(rest, piece.subarray(from, end), lineBytes))
      if (line !== undefined) yield line
      rest = Buffer.alloc(0)
      from = end + 1
    }
    rest = join(rest, piece.subarray(from), lineBytes)
  }
  if (rest?.length === 0) return
  const line = take(rest)
  if (line !== undefined) yield line
}

const tooMany = (what: string): HoldfastError =>
  new HoldfastError('payload_too_large', { detail: `A request has ${what} at most.` })

/** Undefined from where a line is too long until it ends. */
const join = (rest: Buffer | undefined, more: Uint8Array, lineBytes: number): Buffer | undefined =>
  rest === undefined || rest.length + more.length > lineBytes ? undefined : Buffer.concat([rest, more])

const trimmed = (bytes: Buffer, number: number): Buffer => {
  const text = number === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes
  return text.at(-1) === CR ? text.subarray(0, -1) : text
}

/** Lines of one transaction each: always the same ones for the same body. */
export async function* inChunks(
  lines: AsyncIterable<Line>,
  { chunkLines, chunkBytes }: Pick<BulkLimits, 'chunkLines' | 'chunkBytes'>,
): AsyncGenerator<Line[], void, undefined> {
  let chunk: Line[] = []
  let size = 0
  try {
    for await (const line of lines) {
      chunk.push(line)
      size += line.bytes?.length ?? 0
      if (chunk.length < chunkLines && size < chunkBytes) continue
      yield chunk
      chunk = []
      size = 0
    }
  } catch (error) {
    // What is whole before the end of a body that is too long or breaks off counts.
    if (chunk.length > 0) yield chunk
    throw error
  }
  if (chunk.length > 0) yield chunk
}
