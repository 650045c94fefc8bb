import type { ServerResponse } from 'node:http'
import type { FileExtent } from '@packages/content/block-store/store-reader'
import type { ContentSlice } from '../plan/response-plan.ts'
import { countPastNode, headWasSent, type PlainSocket, plainSocketOf, unsentHeadOf } from './plain-socket.ts'
import type { SystemCalls } from './system-calls.ts'

/** Less is copied in no more time than it takes to count each of its pages in and out, which processors have to agree on. */
const LEAST_BYTES = 512 * 1024
/** Files of tiny blocks are read instead, with the limits that reading has. */
const LEAST_EXTENT = 16 * 1024
/** What one response is sent in a turn of the event loop; others have theirs then. */
export const TURN_BYTES = 1024 * 1024

export type KernelSending = {
  /** Null where there are none: then all is read and written. */
  calls: SystemCalls | null
  /** Writes the response's head, unless that was done. */
  begin(): void
}

/** Whether the kernel could send what comes next, as far as the content has a say in it. */
export const isExtent = ({ content, start, end }: ContentSlice, sending: KernelSending): boolean =>
  sending.calls !== null && end - start >= LEAST_BYTES && extentAt({ content, start, end }, end - start) !== undefined

const extentAt = ({ content, start, end }: ContentSlice, limit: number): FileExtent | undefined => {
  const extent = content.extent?.(start, limit)
  return extent !== undefined && extent.length >= Math.min(LEAST_EXTENT, limit, end - start) ? extent : undefined
}

/**
 * Sends a slice from the files that it lies in, as far as the client takes it at once and `TURN_BYTES` at most: the kernel gives the socket the pages
 * of the file, and nobody copies them (sendfile(2), ADR 0173). Ends the response when that was all.
 * @returns up to where it was sent; the start when nothing could be. What follows is to be written in the usual way.
 * @throws what the content throws
 */
export const sendByKernel = (response: ServerResponse, slice: ContentSlice, sending: KernelSending): number => {
  const { content, start, end } = slice
  if (sending.calls === null || end - start < LEAST_BYTES) return start
  const last = Math.min(end, start + TURN_BYTES)
  const plain = plainSocketOf(response)
  let extent = plain && extentAt(slice, last - start)
  if (plain === undefined || extent === undefined) return start
  sending.begin()
  if (!sendHead(response, plain, sending.calls)) return start
  let position = start
  try {
    while (extent !== undefined) {
      const sent = sending.calls.sendFile(plain.descriptor, extent)
      if (sent > 0) position += sent
      if (sent < extent.length || position === last) break
      extent = extentAt({ content, start: position, end }, last - position)
    }
  } finally {
    countPastNode(plain.socket, position - start)
  }
  if (position === end) response.end()
  return position
}

/** @returns whether all of it has left */
const sendHead = (response: ServerResponse, { socket, descriptor }: PlainSocket, calls: SystemCalls): boolean => {
  const head = unsentHeadOf(response)
  if (head === undefined) return true
  const sent = calls.sendMore(descriptor, head)
  if (sent <= 0) return false
  headWasSent(response)
  countPastNode(socket, sent)
  if (sent < head.length) socket.write(head.subarray(sent))
  return sent === head.length
}
