import type { IncomingMessage } from 'node:http'
import { requirePlainBody } from '@packages/runtime/plain-body'
import { HoldfastError } from '@packages/shared/holdfast-error'

/**
 * A body of `limit` bytes at most.
 * @throws HoldfastError `unsupported_media_type`, `payload_too_large`, `truncated_body`
 */
export const readBody = async (request: IncomingMessage, limit: number): Promise<Buffer> => {
  requirePlainBody(request.headers)
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > limit) throw new HoldfastError('payload_too_large')
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof HoldfastError) throw error
    throw new HoldfastError('truncated_body', { cause: error })
  }
  return Buffer.concat(chunks)
}
