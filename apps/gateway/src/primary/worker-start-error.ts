import { StartError } from '@packages/runtime/start-error'
import type { WorkerSettings } from '../worker/worker-protocol.ts'

/** Why a worker could not start, in words that help. */
export const workerStartError = (
  { host, port }: WorkerSettings,
  { code, message }: { code: string; message: string },
): StartError => {
  if (code === 'EADDRINUSE')
    return new StartError(`Port ${port} on ${host} is taken. Set GATEWAY_PORT to another one, or stop what uses it.`)
  if (code === 'EACCES')
    return new StartError(`Port ${port} on ${host} may not be used by this user. Set GATEWAY_PORT.`)
  if (code === 'EADDRNOTAVAIL') return new StartError(`${host} is no address of this machine. Set HOST.`)
  return new StartError(`The gateway could not start: ${message}`)
}
