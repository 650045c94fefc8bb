import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyRequest } from 'fastify'
import type { Actor } from '../authorization/actor.ts'
import { type LeftBehind, noSpace } from './no-space.ts'
import type { OpenRequests } from '../open-requests/open-requests.ts'
import { readBody } from './request-body.ts'

export type ReceivedBody = {
  /** To be read once. */
  bytes: AsyncIterable<Uint8Array>
  /** Fires when the client goes away before it has sent everything, or may not send any more. */
  signal: AbortSignal
}

/** Lets `take` read a request's body as one of the uploads that run. The caller has been authorized. */
export const receiveBody = async <T>(
  { openUploads }: { openUploads: OpenRequests },
  actor: Actor,
  { raw, routeOptions }: Pick<FastifyRequest, 'raw' | 'routeOptions'>,
  take: (body: ReceivedBody) => Promise<T>,
  whenFull: LeftBehind = 'nothing',
): Promise<T> => {
  const gone = new AbortController()
  const { action } = routeOptions.config
  if (action === undefined) throw new HoldfastError('forbidden', { detail: 'This route names no action.' })
  const end = openUploads.begin(actor, action, (reason) => gone.abort(reason))
  const onClose = (): void => {
    if (!raw.readableEnded) gone.abort(new HoldfastError('truncated_body', { detail: 'The connection was closed.' }))
  }
  raw.once('close', onClose)
  try {
    return await take({ bytes: readBody(raw, { signal: gone.signal }), signal: gone.signal })
  } catch (error) {
    // The store knows the code alone.
    throw error instanceof HoldfastError && error.code === 'insufficient_storage' ? noSpace(whenFull, error) : error
  } finally {
    raw.off('close', onClose)
    end()
  }
}
