import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { CAR_TYPE } from './car-body.ts'
import type { CarReply } from './export-car.ts'

/** Holds a few pieces, so that the disk is read while the socket is written. */
const AHEAD_BYTES = 1024 * 1024

/**
 * Sends a CAR as it is read. Its first piece is read before the head goes out, so that what is missing at once is told by a status; what shows later cuts the
 * connection: a CAR that ends early must not look whole.
 */
export const sendCar = async (reply: FastifyReply, { etag, filename, bytes }: CarReply): Promise<FastifyReply> => {
  const first = await bytes.next()
  reply
    .type(`${CAR_TYPE}; version=1; order=dfs; dups=n`)
    .header('etag', etag)
    .header('cache-control', 'private, no-cache')
    .header('content-disposition', attachment(filename))
    .header('x-content-type-options', 'nosniff')
  return reply.send(Readable.from(from(first, bytes), { objectMode: false, highWaterMark: AHEAD_BYTES }))
}

async function* from(first: IteratorResult<Uint8Array>, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.done !== true) yield first.value
  yield* rest
}

/** RFC 6266: an ASCII name for old clients, and the whole one. */
const attachment = (filename: string): string => {
  const ascii = filename.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(filename.toWellFormed()).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16)}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
