import type { Socket } from 'node:net'
import type { ApiInstance } from '../../api-instance.ts'
import type { UsageMeter } from './usage-meter.ts'

/** Requests of tests have no socket. */
const sentBy = ({ bytesWritten }: Partial<Pick<Socket, 'bytesWritten'>>): number => bytesWritten ?? 0

/**
 * Counts what organizations ask for and are sent. Routes that tell somebody where they stand go on when the month's
 * requests are used up: `metered: false`.
 */
export const installMetering = (app: ApiInstance, meter: Pick<UsageMeter, 'admit' | 'sent'>): void => {
  // Answers of one connection come one after another, so that what it has sent since belongs to this one.
  const sentBefore = new WeakMap<object, number>()

  app.addHook('onRequest', async (request) => {
    const { actor, routeOptions } = request
    if (actor === null || request.is404 || routeOptions.config.metered === false) return
    await meter.admit(actor.organizationId, { download: routeOptions.config.rateClass === 'download' })
    sentBefore.set(request, sentBy(request.raw.socket))
  })
  app.addHook('onResponse', async (request) => {
    const before = sentBefore.get(request)
    if (before !== undefined && request.actor !== null)
      meter.sent(request.actor.organizationId, sentBy(request.raw.socket) - before)
  })
}
