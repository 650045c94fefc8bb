import type { ServerResponse } from 'node:http'
import type { StreamedBody } from '../plan/response-plan.ts'
import type { BufferPool } from './buffer-pool.ts'
import { PassingBuffer } from './passing-buffer.ts'
import { streaming, write } from './stream-content.ts'

/**
 * Sends parts as they are made, the next one when the system has taken the one before. A client that takes none for `pieceTimeoutMs`
 * is cut. Ends quietly when the client goes away; nothing more is made then.
 * @throws what making them throws; `begin` was not called yet when the first one fails
 */
export const streamParts = async (
  response: ServerResponse,
  { stream }: StreamedBody,
  { pool, pieceTimeoutMs, begin }: { pool: BufferPool; pieceTimeoutMs: number; begin(): void },
): Promise<void> => {
  const connection = response.socket ?? response
  const room = new PassingBuffer(pool)
  const gone = new AbortController()
  const onClose = (): void => gone.abort()
  response.once('close', onClose)
  streaming.add(connection)
  const watchdog = setTimeout(() => response.destroy(), pieceTimeoutMs)
  try {
    let hasBegun = false
    for await (const part of stream(gone.signal, room.take)) {
      if (response.destroyed) return
      if (!hasBegun) begin()
      hasBegun = true
      await write(response, part)
      watchdog.refresh()
    }
    if (!hasBegun) begin()
    response.end()
    // Only when all has left: what a broken connection still holds is not written over.
    room.giveBack()
  } catch (error) {
    if (!response.destroyed && !gone.signal.aborted) throw error
  } finally {
    clearTimeout(watchdog)
    streaming.delete(connection)
    response.off('close', onClose)
  }
}
