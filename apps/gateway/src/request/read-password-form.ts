import type { IncomingMessage } from 'node:http'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { readBody } from './read-body.ts'

const MAX_FORM_BYTES = 4_096
const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i

/**
 * The field `password` of a page's form.
 * @throws HoldfastError `unsupported_media_type`, `payload_too_large`, `truncated_body`
 */
export const readPasswordForm = async (request: IncomingMessage): Promise<string> => {
  if (!FORM.test(request.headers['content-type'] ?? '')) throw new HoldfastError('unsupported_media_type')
  const body = await readBody(request, MAX_FORM_BYTES)
  return new URLSearchParams(body.toString('utf8')).get('password') ?? ''
}
