import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ContentSlice } from '../plan/response-plan.ts'
import { type BufferPool, POOLED_BYTES } from './buffer-pool.ts'
import { isExtent, type KernelSending, sendByKernel, TURN_BYTES } from './send-by-kernel.ts'

/** A client that has not shown its speed yet gets small pieces, so that hundreds of slow ones hold little memory. */
const FIRST_BYTES = 64 * 1024
const SMALLEST_BYTES = 32 * 1024
/** A piece that took longer than this to leave halves the next; one that left faster doubles it. */
const SLOW_MS = 250

/** Piece size by what the connection's last pieces took; outlives a response on a kept connection. */
const pieceBytes = new WeakMap<object, number>()
/** Connections that a body is on its way on. */
export const streaming = new WeakSet<object>()

/** Whether a body is on its way on this connection: whatever is written to it now would be taken for content. */
export const isStreaming = (connection: object): boolean => streaming.has(connection)

type Piece = { buffer: Buffer; bytes: number }

/** Resolves with the milliseconds until the system has taken all of it. */
export const write = (response: ServerResponse, piece: Uint8Array): Promise<number> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    response.write(piece, (error) => (error ? reject(error) : resolve(performance.now() - started)))
  })

type Streaming = KernelSending & { pool: BufferPool; pieceTimeoutMs: number }

/**
 * Streams a slice: what the kernel cannot send from files is read and written piece by piece. A client that takes a piece slower than `pieceTimeoutMs` is cut.
 * Ends quietly when the client goes away.
 * @throws what reading throws; the response is then to be destroyed
 */
export const streamContent = async (
  response: ServerResponse,
  slice: ContentSlice,
  options: Streaming,
): Promise<void> => {
  const connection = response.socket ?? response
  streaming.add(connection)
  const watchdog = setTimeout(() => response.destroy(), options.pieceTimeoutMs)
  const waitAsBefore = options.calls === null ? undefined : waitTwice(response)
  try {
    await pump(response, slice, { ...options, watchdog, connection })
  } finally {
    clearTimeout(watchdog)
    waitAsBefore?.()
    streaming.delete(connection)
  }
}

/**
 * A socket that the kernel has filled takes nothing until a third of it has left, and node does not see that leave: a slow client would be taken for one that is gone. What node
 * writes by itself waits as long, since of its last piece a part is taken at once. The watchdog bounds both.
 * @returns what is to be called at the end
 */
const waitTwice = ({ socket }: ServerResponse): (() => void) | undefined => {
  if (socket === null || !socket.timeout) return undefined
  const { timeout } = socket
  socket.setTimeout(2 * timeout)
  return () => socket.setTimeout(timeout)
}

type Pump = Streaming & { watchdog: NodeJS.Timeout; connection: object }

const pump = async (response: ServerResponse, slice: ContentSlice, options: Pump): Promise<void> => {
  const { content, end } = slice
  for (let position = slice.start; ; ) {
    const written = await sendPieces(response, { content, start: position, end }, options)
    if (written === undefined) return
    position = written
    for (let isTaking = true; isTaking; ) {
      if (position === end) {
        response.end()
        return
      }
      const before = position
      position = sendByKernel(response, { content, start: position, end }, options)
      // It has ended the response, and the connection may be another's already.
      if (position === end) return
      if (position === before) break
      isTaking = position - before === TURN_BYTES
      options.watchdog.refresh()
      // Node sees nothing of it, and would take the connection for idle.
      response.socket?.setTimeout(response.socket.timeout ?? 0)
      if (isTaking) await nextTurn()
      if (response.destroyed) return
    }
  }
}

/**
 * Writes at least one piece, and others until the kernel could send what follows: one is read while the one before leaves, so two are in flight and memory is bounded by the
 * piece size whatever the file's size.
 * @returns up to where it came; undefined when the client has gone
 */
const sendPieces = async (
  response: ServerResponse,
  slice: ContentSlice,
  options: Pump,
): Promise<number | undefined> => {
  const { content, end } = slice
  const { pool, watchdog, connection, begin } = options
  let size = pieceBytes.get(connection) ?? FIRST_BYTES
  let position = slice.start
  let isLast = isExtent(slice, options)

  const readNext = async (): Promise<Piece | undefined> => {
    if (position >= end) return undefined
    const from = position
    // What the kernel goes on with needs no more than a sign that the socket takes something again.
    const bytes = Math.min(content.boundary(from, isLast ? Math.min(size, FIRST_BYTES) : size), end - from)
    position += bytes
    const buffer = pool.take(bytes)
    await content.read(from, buffer.subarray(0, bytes))
    return { buffer, bytes }
  }
  const readOn = async (): Promise<Piece | undefined> => {
    isLast = isLast || isExtent({ content, start: position, end }, options)
    return isLast ? undefined : readNext()
  }

  let next = await readNext()
  if (response.destroyed) return undefined
  begin()
  while (next !== undefined) {
    const { buffer, bytes }: Piece = next
    const written = write(response, buffer.subarray(0, bytes))
    const [read, left] = await Promise.allSettled([readOn(), written])
    if (left.status === 'rejected' || response.destroyed) return undefined
    if (read.status === 'rejected') throw read.reason
    pool.give(buffer)
    watchdog.refresh()
    size = left.value > SLOW_MS ? Math.max(SMALLEST_BYTES, size / 2) : Math.min(POOLED_BYTES, size * 2)
    next = read.value
  }
  pieceBytes.set(connection, size)
  return position
}
