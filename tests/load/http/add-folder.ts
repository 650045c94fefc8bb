import type { Contestant } from '../contestants/contestant.ts'
import { Connection } from './connection.ts'

/** Uploads one folder in one request. @returns the root's CID @throws Error when it is refused */
export const addFolder = async (
  contestant: Contestant,
  files: Iterable<readonly [path: string, bytes: Uint8Array]>,
): Promise<string> => {
  const { path, headers, part, after } = contestant.addFolderRequest
  const body = Buffer.concat([...[...files].flatMap(([name, bytes]) => [part(name), bytes]), after])
  const connection = await Connection.open(contestant.api)
  const head = connection.head('POST', path, { ...headers, 'content-length': body.length })
  const answer = await connection.request([head, body])
  connection.close()
  return contestant.readCid(answer.status, answer.body)
}
