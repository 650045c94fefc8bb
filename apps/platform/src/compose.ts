import { buildApi } from '@apps/api/app'
import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import { lockDataFolder } from '@packages/runtime/data-folder-lock'
import { loadMasterKey } from '@packages/runtime/load-master-key'
import type { Logger } from '@packages/runtime/logger'
import { ServiceStack, type StopProblem } from '@packages/runtime/service-stack'
import { apiRateLimiters } from './api-rate-limiters.ts'
import { choosePorts } from './choose-ports.ts'
import { firstAdministrator } from './first-administrator.ts'
import { startApi } from './start-api.ts'
import { connectDatabase, migrateDatabase } from './start-database.ts'

export type ComposeOptions = {
  logger: Logger
  /** `in-process` runs the gateway's one worker here, for tests. */
  gatewayWorkers: 'processes' | 'in-process'
  /** Told when the platform cannot go on, such as when its database server ended. */
  onFatal: (reason: string) => void
}

export type RunningPlatform = {
  config: Config
  db: Database
  /** Where it listens, as seen from this machine; null for a role that does not run here. */
  apiUrl: string | null
  gatewayUrl: string | null
  /** The one-time link, while there is no administrator. */
  setupUrl: string | null
}

export type Platform = {
  /** Resolves when everything listens. When it rejects, `stop` still has to be called. @throws StartError */
  start(): Promise<RunningPlatform>
  /** Drains and stops all, within 10 s; idempotent, also while it starts. */
  stop(): Promise<StopProblem[]>
}

const start = async (given: Config, stack: ServiceStack, options: ComposeOptions): Promise<RunningPlatform> => {
  const { logger, onFatal } = options
  const isWriter = given.roles.has('api')
  if (isWriter)
    await stack.acquire(
      'data folder',
      () => lockDataFolder(given.dataDir),
      (lock) => lock.release(),
    )
  const config = await choosePorts(given)
  const db = await connectDatabase(config, { stack, logger, onFatal })
  let setupUrl: string | null = null
  if (isWriter) {
    await migrateDatabase(db, logger)
    const masterKey = await loadMasterKey(config)
    setupUrl = await firstAdministrator(config, { db, logger })
    const { publicUrl, trustedProxies } = config
    const rateLimiters = apiRateLimiters(config.limits.rate)
    await startApi(config, {
      stack,
      build: () => buildApi({ db, masterKey, logger, publicUrl, trustedProxies, rateLimiters }),
    })
  }
  return { config, db, apiUrl: isWriter ? config.publicUrl : null, gatewayUrl: config.gatewayUrl, setupUrl }
}

/** Wires the platform by hand: the only place that picks adapters. Two can run in one process. */
export const composePlatform = (config: Config, options: ComposeOptions): Platform => {
  const stack = new ServiceStack({ logger: options.logger })
  return { start: () => start(config, stack, options), stop: () => stack.stop() }
}
