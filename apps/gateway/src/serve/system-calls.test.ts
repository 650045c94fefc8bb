import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { unlinkSegment } from '@packages/content/block-store/remove-segment'
import { segmentPath } from '@packages/content/block-store/segment-path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSystemCalls } from './system-calls.ts'

const MIB = 1024 * 1024
/** No multiple of anything. */
const SIZE = 20 * MIB - 1_000
const SENT = 300_000
const LETTER = 'y'.charCodeAt(0)

let directory: string
let path: string
let server: Server
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-calls-'))
  path = segmentPath(directory, 1)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, Buffer.alloc(SIZE, LETTER))
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.close()
  await rm(directory, { recursive: true })
})

/** Two ends of a connection, of which the client's reads nothing yet. */
const pair = async (): Promise<{ client: Socket; served: Socket }> => {
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.pause()
  return { client, served: await accepted }
}

describe.runIf(process.platform === 'linux')('what the kernel was given of a file', () => {
  it('stays as it was while the space of the segment is given back', async () => {
    const calls = openSystemCalls()
    const file = await open(path, 'r')
    const given = []
    // Around every place where slices of 8 MiB could end, counted from the start and from the end.
    for (const border of [8 * MIB, 16 * MIB, SIZE - 16 * MIB, SIZE - 8 * MIB]) {
      const { client, served } = await pair()
      const descriptor = (served as unknown as { _handle: { fd: number } })._handle.fd
      const sent = calls?.sendFile(descriptor, {
        descriptor: file.fd,
        position: border - SENT / 2,
        length: SENT,
      })
      served.end()
      given.push({ client, sent })
    }
    const { giveBack } = await unlinkSegment(path)
    await giveBack()
    for (const { client, sent } of given) {
      const got = Buffer.concat(await Array.fromAsync(client as AsyncIterable<Buffer>))
      expect(sent).toBeGreaterThan(SENT / 2)
      expect(got.length).toBe(sent)
      expect(got.every((byte) => byte === LETTER)).toBe(true)
    }
    await file.close()
  })
})
