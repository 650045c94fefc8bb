import { HoldfastError } from '@packages/shared/holdfast-error'
import { DelimitedBytes } from './delimited-bytes.ts'
import { type PartHeaders, parsePartHeaders } from './part-headers.ts'

export type MultipartPart = PartHeaders & {
  /** The part's bytes, to be read once, before the next part is asked for; what is left unread then is skipped. */
  body: AsyncGenerator<Uint8Array, void, undefined>
}

export type MultipartLimits = {
  /** Parts with a filename. */
  files: number
  /** Parts without one. */
  fields: number
  headersPerPart: number
  headerBytes: number
  /** What may stand before the first and after the last boundary (RFC 2046 lets both be anything). */
  paddingBytes: number
}

export const MULTIPART_LIMITS: MultipartLimits = {
  files: 16,
  fields: 16,
  headersPerPart: 16,
  headerBytes: 8 * 1024,
  paddingBytes: 4 * 1024,
}

const LINE_END = Buffer.from('\r\n')
const HEADERS_END = Buffer.from('\r\n\r\n')

/**
 * Reads a `multipart/form-data` body (RFC 7578 on RFC 2046) part by part, in the order sent, holding no more than one
 * piece of the source. Strict where lenient parsers lose data in silence: a part without a name, a header cut off by a
 * limit and a missing closing boundary are errors.
 * @throws HoldfastError `invalid_multipart`, `truncated_body`, or what the source throws
 */
export async function* readMultipart(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
  limits: MultipartLimits = MULTIPART_LIMITS,
): AsyncGenerator<MultipartPart, void, undefined> {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const iterator = source[Symbol.asyncIterator]()
  try {
    // The first boundary has no line end before it: lend it one.
    const bytes = new DelimitedBytes(iterator, LINE_END)
    await bytes.upTo(delimiter, limits.paddingBytes, () => invalid('The body does not start with its boundary.'))
    let files = 0
    let fields = 0
    while (!(await endsHere(bytes))) {
      const headers = await readHeaders(bytes, limits)
      if (headers.filename === null ? ++fields > limits.fields : ++files > limits.files)
        throw invalid(`A form has ${limits.files} files and ${limits.fields} other fields at most.`)
      let ended = false
      const body = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
        yield* bytes.until(delimiter)
        ended = true
      }
      yield { ...headers, body: body() }
      if (!ended) for await (const _ of bytes.until(delimiter));
    }
    await bytes.drain(limits.paddingBytes, () => invalid('There is more after the closing boundary.'))
  } finally {
    await iterator.return?.()
  }
}

/** After a boundary: `--` closes the form, a line end (after padding) opens a part. */
const endsHere = async (bytes: DelimitedBytes): Promise<boolean> => {
  if ((await bytes.peek(2)).equals(Buffer.from('--'))) {
    bytes.skip(2)
    return true
  }
  const padding = await bytes.upTo(LINE_END, 64, () => invalid('A boundary is not followed by a line end.'))
  if (!/^[ \t]*$/.test(padding.toString('latin1'))) throw invalid('A boundary is not followed by a line end.')
  return false
}

const readHeaders = async (bytes: DelimitedBytes, limits: MultipartLimits): Promise<PartHeaders> => {
  if ((await bytes.peek(2)).equals(LINE_END)) throw invalid('A part has no headers.')
  const block = await bytes.upTo(HEADERS_END, limits.headerBytes, () =>
    invalid(`The headers of a part have ${limits.headerBytes} bytes at most.`),
  )
  return parsePartHeaders(block.toString('latin1'), limits.headersPerPart)
}

const invalid = (detail: string): HoldfastError => new HoldfastError('invalid_multipart', { detail })
