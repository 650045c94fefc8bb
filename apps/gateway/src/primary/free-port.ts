import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/**
 * A port that is free now. node:cluster shares one socket between all workers of a process that listen on port 0,
 * those of another gateway included, so that a 0 must be settled before.
 */
export const freePort = (host: string): Promise<number> => tryPort(host, 0)

/**
 * Listens for a moment, by a socket that shares its port with none: those that share one would not see that another process of this user has it.
 * @returns the port; @throws what `listen` says, EADDRINUSE for a port that is taken
 */
export const tryPort = async (host: string, wanted: number): Promise<number> => {
  const probe = createServer().listen(wanted, host)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
