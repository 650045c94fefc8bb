import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/**
 * A port that is free now. node:cluster shares one socket between all workers of a process that listen on port 0,
 * those of another gateway included, so that a 0 must be settled before.
 */
export const freePort = async (host: string): Promise<number> => {
  const probe = createServer().listen(0, host)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
