import { readEvents } from '@packages/db/events/read-events'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'
import { eventIdOf } from './event-id.ts'
import type { EventWakes } from './event-wakes.ts'
import { placeOf } from './list-events.ts'
import type { OpenStreams } from './open-streams.ts'
import { eventText, presentEvent } from './presenter.ts'
import { visibleKinds } from './visible-kinds.ts'

export type StreamEventsDeps = {
  db: Pick<Database, 'kysely'>
  authenticator: Pick<Authenticator, 'again'>
  openStreams: Pick<OpenStreams, 'begin'>
  eventWakes: Pick<EventWakes, 'listen'>
  heartbeatMs?: number
}

const BATCH = 200
/** A key may end by its own date, of which no log tells. */
const ASK_AGAIN_MS = 60_000

/**
 * An organization's events as they come, from behind the one with the id `last`, or from now on. Between them there is a sign of life. Nothing is held for a slow
 * reader: the log is read on when it has taken what came before. It ends by itself only when its caller may not listen any more.
 * @throws HoldfastError `invalid_cursor`, `rate_limited`
 */
export const streamEvents = async (
  deps: StreamEventsDeps,
  actor: Actor | null,
  { last, signal }: { last: string | undefined; signal: AbortSignal },
): Promise<AsyncGenerator<string, void, undefined>> => {
  authorize(actor, 'events:read', {})
  const place = await placeOf(deps, last)
  const ending = new AbortController()
  const release = deps.openStreams.begin(actor, () => ending.abort())
  // What is never read never ends by itself.
  if (signal.aborted) release()
  else signal.addEventListener('abort', release, { once: true })
  return follow(deps, actor, { ...place, signal: AbortSignal.any([signal, ending.signal]), release })
}

type Place = Awaited<ReturnType<typeof placeOf>> & { signal: AbortSignal; release: () => void }

async function* follow(
  deps: StreamEventsDeps,
  actor: Actor,
  { after, reset, signal, release }: Place,
): AsyncGenerator<string, void, undefined> {
  const { db, heartbeatMs = 15_000 } = deps
  const { organizationId } = actor
  let awake = Promise.withResolvers<void>()
  const wake = (): void => awake.resolve()
  const deaf = deps.eventWakes.listen(organizationId, wake)
  signal.addEventListener('abort', wake)
  let place = after
  // Its rights may have changed between the request's check and this.
  let askAt = 0
  try {
    yield `retry: 2000\nid: ${eventIdOf(place)}\n${reset ? 'event: reset\ndata: {}\n' : ''}\n`
    while (!signal.aborted) {
      if (performance.now() >= askAt) {
        if (!(await mayListen(deps, actor))) return
        askAt = performance.now() + ASK_AGAIN_MS
      }
      awake = Promise.withResolvers<void>()
      const kinds = visibleKinds(actor)
      const events = await readEvents(db.kysely, { organizationId, kinds, after: place, limit: BATCH })
      for (const event of events) {
        if (signal.aborted) return
        yield eventText(presentEvent(event))
        place = event.position
      }
      if (events.length === BATCH || signal.aborted) continue
      if (!(await within(heartbeatMs, awake.promise))) yield ': \n\n'
    }
  } finally {
    signal.removeEventListener('abort', wake)
    deaf()
    release()
  }
}

const mayListen = async ({ authenticator }: StreamEventsDeps, actor: Actor): Promise<boolean> => {
  try {
    authorize(await authenticator.again(actor), 'events:read', {})
    return true
  } catch (error) {
    if (error instanceof HoldfastError) return false
    throw error
  }
}

/** False when the time is over before. */
const within = async (ms: number, promise: Promise<void>): Promise<boolean> => {
  const { promise: over, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), ms)
  try {
    return await Promise.race([promise.then(() => true), over])
  } finally {
    clearTimeout(timer)
  }
}
