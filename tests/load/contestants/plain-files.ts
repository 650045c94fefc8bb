import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { CountingSink } from '@packages/content/unixfs/counting-sink'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { canonicalCid } from '@packages/shared/cid'
import type { Contestant } from './contestant.ts'

/** Stands before each file of a request; random enough not to be in one. */
const SEPARATOR = Buffer.from('\r\n--0198f6c2-5c1e-7d5b-9a43-1f6f8f2c7ad1--\r\n')

/** How files come into a folder that a web server serves: each is written under its CID. */
type PlainFiles = Omit<Contestant, 'name' | 'version' | 'pid' | 'gateway'>

/** Takes uploads as the other contestants do, and writes files for the one that cannot. */
export const startPlainFiles = async (directory: string): Promise<PlainFiles> => {
  const server = createServer((request, response) => {
    void buffer(request)
      .then((body) => store(directory, body))
      .then(
        (cid) => response.end(cid),
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const request = { path: '/', headers: {}, before: SEPARATOR, after: Buffer.alloc(0) }
  return {
    api: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    addRequest: request,
    addFolderRequest: { ...request, part: () => SEPARATOR },
    dryRunRequest: request,
    importCarRequest: request,
    readCid: (status, body) => {
      if (status !== 200) throw new Error(`a plain file was not written: ${body}`)
      return body
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** @returns the CID of a single file; of a folder nothing, which has no page here */
const store = async (directory: string, body: Buffer): Promise<string> => {
  const folder = new FolderImport({ sink: new CountingSink(), profile: importProfiles['unixfs-v1-2025'] })
  const cids: string[] = []
  for (const [n, bytes] of filesOf(body).entries()) {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield bytes
    }
    const { root } = await folder.addFile([String(n)], source())
    const cid = canonicalCid(root)
    await writeFile(path.join(directory, cid), bytes)
    cids.push(cid)
  }
  return cids.length === 1 ? (cids[0] as string) : ''
}

const filesOf = (body: Buffer): Buffer[] => {
  const files: Buffer[] = []
  for (let at = body.indexOf(SEPARATOR); at !== -1; ) {
    const next = body.indexOf(SEPARATOR, at + SEPARATOR.length)
    files.push(body.subarray(at + SEPARATOR.length, next === -1 ? body.length : next))
    at = next
  }
  return files
}
