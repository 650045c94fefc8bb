import type { IncomingMessage } from 'node:http'
import { HoldfastError } from '@packages/shared/holdfast-error'

const MAX_FORM_BYTES = 4_096
const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i

/**
 * The field `password` of a page's form.
 * @throws HoldfastError `unsupported_media_type`, `payload_too_large`, `truncated_body`
 */
export const readPasswordForm = async (request: IncomingMessage): Promise<string> => {
  if (!FORM.test(request.headers['content-type'] ?? '')) throw new HoldfastError('unsupported_media_type')
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > MAX_FORM_BYTES) throw new HoldfastError('payload_too_large')
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof HoldfastError) throw error
    throw new HoldfastError('truncated_body', { cause: error })
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8')).get('password') ?? ''
}
