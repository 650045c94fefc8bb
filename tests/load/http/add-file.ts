import type { Contestant } from '../contestants/contestant.ts'
import type { Connection } from './connection.ts'

/** Uploads one file, given in parts, by the contestant's own way (or by another of its requests). @returns its CID @throws Error when it is refused */
export const addFile = async (
  connection: Connection,
  contestant: Contestant,
  parts: readonly Uint8Array[],
  request: Contestant['addRequest'] = contestant.addRequest,
): Promise<string> => {
  const { path, headers, before, after } = request
  const length = parts.reduce((sum, part) => sum + part.length, before.length + after.length)
  const head = connection.head('POST', path, { ...headers, 'content-length': length })
  // A small request is one packet, as from any client.
  const pieces = length < 65_536 ? [Buffer.concat([head, before, ...parts, after])] : [head, before, ...parts, after]
  const { status, body } = await connection.request(pieces)
  return contestant.readCid(status, body)
}
