import { KuboError } from './kubo-error.ts'

const MAX_LINE_BYTES = 1024 * 1024
const LINE_END = 0x0a

/** Lines of text, without their ends and without empty ones. @throws KuboError for a line of more than 1 MiB; what `source` throws */
export async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let rest: Uint8Array[] = []
  let length = 0
  for await (const piece of source) {
    let from = 0
    for (let end = piece.indexOf(LINE_END); end !== -1; end = piece.indexOf(LINE_END, from)) {
      const line = Buffer.concat([...rest, piece.subarray(from, end)]).toString()
      rest = []
      length = 0
      from = end + 1
      if (line.trim() !== '') yield line
    }
    if (from === piece.length) continue
    rest.push(piece.subarray(from))
    length += piece.length - from
    if (length > MAX_LINE_BYTES) throw new KuboError('strange', 'a line of the answer is too long')
  }
  const last = Buffer.concat(rest).toString()
  if (last.trim() !== '') yield last
}
