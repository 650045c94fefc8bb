import path from 'node:path'
import { kuboVersion, startKuboNode } from '@packages/testkit/kubo-node'
import type { Contestant } from './contestant.ts'

const BOUNDARY = 'bench-boundary'
const LINE_END = Buffer.from('\r\n')

const filePart = (filename: string): Buffer =>
  Buffer.from(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
  )

/**
 * A Kubo daemon that talks to nobody: offline, no bootstrap, no routing. It syncs each block to the disk, as we do, and
 * imports by the profile that we use by default, so that the work is the same.
 */
export const startKubo = async (directory: string): Promise<Contestant> => {
  const node = await startKuboNode({
    directory: path.join(directory, 'kubo'),
    routing: 'offline',
    profile: 'unixfs-v1-2025',
    // As it comes: what is measured is what its users have.
    configure: ({ Datastore }) => void delete Datastore.HashOnRead,
  })
  const addRequest = {
    path: '/api/v0/add?quieter=true&progress=false&pin=true',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    before: filePart('bench.bin'),
    after: Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  }
  return {
    name: 'kubo',
    version: (await kuboVersion()) ?? '',
    pid: node.pid,
    api: new URL(node.api),
    gateway: new URL(node.gateway),
    addRequest,
    addFolderRequest: {
      ...addRequest,
      part: (name) => Buffer.concat([LINE_END, filePart(encodeURIComponent(name))]),
    },
    dryRunRequest: { ...addRequest, path: '/api/v0/add?quieter=true&progress=false&only-hash=true' },
    importCarRequest: { ...addRequest, path: '/api/v0/dag/import?pin-roots=true' },
    readCid: (status, body) => {
      // One line for each file, the root last; of a CAR one for each root, which tells whether it could be pinned.
      const cid = (/.*"Hash":"([^"]+)"/s.exec(body) ?? /"Cid":\{"\/":"([^"]+)"\},"PinErrorMsg":""/.exec(body))?.[1]
      if (status !== 200 || cid === undefined) throw new Error(`kubo answered ${status}: ${body.slice(0, 500)}`)
      return cid
    },
    stop: () => node.stop(),
  }
}
