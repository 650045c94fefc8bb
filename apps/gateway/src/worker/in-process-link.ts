import type { FromWorker, Link, ToWorker } from './worker-protocol.ts'

const oneWay = <M>(): { send(message: M): void; onMessage(listener: (message: M) => void): void } => {
  let listener: ((message: M) => void) | undefined
  return {
    // Never delivered within the sender's own call, as with a real line.
    send: (message) => queueMicrotask(() => listener?.(structuredClone(message))),
    onMessage: (next) => {
      listener = next
    },
  }
}

/** Both ends of a line within one process. */
export const inProcessLink = (): { primary: Link<ToWorker, FromWorker>; worker: Link<FromWorker, ToWorker> } => {
  const down = oneWay<ToWorker>()
  const up = oneWay<FromWorker>()
  return {
    primary: { send: down.send, onMessage: up.onMessage },
    worker: { send: up.send, onMessage: down.onMessage },
  }
}
