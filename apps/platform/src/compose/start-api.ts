import type { ApiInstance } from '@apps/api/api-instance'
import type { Config } from '@packages/runtime/config'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { StartError } from '@packages/runtime/start-error'
import { portProblem } from '../choose-ports.ts'

const STOP_MS = 4_000
/** Requests that are still running then are cut off, so that what they use can be closed. */
const DRAIN_MS = 3_500

const close = async (app: ApiInstance): Promise<void> => {
  const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
  await app.close().finally(() => clearTimeout(cut))
}

/** Listens with the built API. @throws StartError when the port was taken meanwhile */
export const startApi = async (
  config: Config,
  deps: { stack: ServiceStack; build: () => Promise<ApiInstance> },
): Promise<ApiInstance> => {
  const app = await deps.stack.acquire('api', deps.build, close, STOP_MS)
  try {
    await app.listen({ host: config.host, port: config.apiPort })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
    throw new StartError(portProblem('API_PORT', config.host, config.apiPort, code), { cause })
  }
  return app
}
