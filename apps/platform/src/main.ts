import { enableCompileCache, getCompileCacheDir } from 'node:module'
import { dirname, join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { loadConfig } from '@packages/runtime/config'
import { createLogger } from '@packages/runtime/logger'
import { EXIT_FAILURE } from '@packages/runtime/start-error'
import { banner } from './banner.ts'
import { buildDashboard } from './build-dashboard.ts'
import { reportFailure } from './report-failure.ts'
import { repositoryFolder } from './repository-folder.ts'
import type { Platform } from './compose.ts'
import { onStopSignals } from './stop-signals.ts'

/**
 * Counts buffers outside of V8's heap into one limit with the heap. By default V8 collects the whole heap for every few
 * ten MiB of network buffers that came and went, which was a third of the CPU time of a large upload (ADR 0018).
 */
setFlagsFromString('--external-memory-accounted-in-global-limit')

const tell = (text: string): void => void process.stdout.write(text)

/**
 * Compiled code is kept from one start to the next, here and in worker processes (Node hands the setting on): that is
 * half a second less of two.
 */
const keepCompiledCode = (): void => {
  enableCompileCache(join(repositoryFolder, 'node_modules', '.cache', 'holdfast-code'))
  const directory = getCompileCacheDir()
  if (directory !== undefined) process.env['NODE_COMPILE_CACHE'] ??= dirname(directory)
}

/** `npm start`: the whole platform, or the roles that the settings name. */
const main = async (): Promise<void> => {
  const config = loadConfig(process.env)
  const logger = createLogger(config.log)
  const leave = (fields: object, message: string): never => {
    logger.fatal(fields, message)
    process.exit(EXIT_FAILURE)
  }
  process.on('uncaughtException', (err) => leave({ err }, 'a programming error: leaving'))

  const stopping = new AbortController()
  let platform: Platform | undefined
  onStopSignals(() => {
    logger.info({}, 'stopping')
    stopping.abort()
    void Promise.resolve(platform?.stop()).then(() => process.exit(0))
  })

  keepCompiledCode()
  const withDashboard = config.roles.has('api') && !process.argv.includes('--without-dashboard')
  try {
    const [dashboardProblem, { composePlatform }] = await Promise.all([
      withDashboard ? buildDashboard({ signal: stopping.signal, tell }) : null,
      // Loaded while the dashboard's sources are looked at, and only when the settings are right.
      import('./compose.ts'),
    ])
    if (stopping.signal.aborted) return
    platform = composePlatform(config, {
      logger,
      gatewayWorkers: 'processes',
      onFatal: (reason) => leave({}, reason),
    })
    const running = await platform.start()
    // On a terminal HUP means that it was closed.
    if (config.tls !== null && !process.stdout.isTTY) process.on('SIGHUP', () => void running.reload())
    if (!stopping.signal.aborted)
      process.stdout.write(banner({ ...running, dataDir: config.dataDir, dashboardProblem }))
  } catch (error) {
    if (stopping.signal.aborted) return
    process.exitCode = reportFailure(error)
    await platform?.stop()
    process.exit()
  }
}

await main().catch((error: unknown) => {
  process.exitCode = reportFailure(error)
})
