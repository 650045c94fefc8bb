import { HoldfastError } from '@packages/shared/holdfast-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { actorOf } from '../authorization/actor-of.ts'
import type { OpenRequests } from './open-requests.ts'

/** What downloads may hold at once: each keeps about 2 MB on its way, and some more for the CIDs of a large DAG. */
export const DOWNLOAD_LIMITS = { openPerOrganization: 64, openPerProcess: 256, retryAfterSeconds: 5 } as const

export type OpenDownloadDeps = { openDownloads: OpenRequests }

/**
 * Counts a response that may be sent for hours among the downloads that run. @returns what fires when its caller has gone, or may not have it any more: what
 * was not begun yet is refused in words then, and what is being sent is cut, also where the caller reads nothing.
 * @throws HoldfastError as `OpenRequests.begin`
 */
export const openDownload = (
  { openDownloads }: OpenDownloadDeps,
  request: Pick<FastifyRequest, 'actor' | 'routeOptions'>,
  { raw }: Pick<FastifyReply, 'raw'>,
): AbortSignal => {
  const { action } = request.routeOptions.config
  if (action === undefined) throw new HoldfastError('forbidden', { detail: 'This route names no action.' })
  const gone = new AbortController()
  const end = openDownloads.begin(actorOf(request), action, (reason) => {
    gone.abort(reason)
    if (raw.headersSent) raw.destroy()
  })
  raw.once('close', () => {
    end()
    gone.abort()
  })
  return gone.signal
}
