import { loadConfig } from '@packages/runtime/config'
import { createLogger } from '@packages/runtime/logger'
import { EXIT_FAILURE } from '@packages/runtime/start-error'
import { banner } from './banner.ts'
import { buildDashboard } from './build-dashboard.ts'
import { composePlatform } from './compose.ts'
import { reportFailure } from './report-failure.ts'
import { onStopSignals } from './stop-signals.ts'

const tellBuild = (): void => console.log('Building the dashboard: its sources are new or changed')

/** `npm start`: the whole platform, or the roles that the settings name. */
const main = async (): Promise<void> => {
  const config = loadConfig(process.env)
  const logger = createLogger(config.log)
  process.on('uncaughtException', (err) => {
    logger.fatal({ err }, 'a programming error: leaving')
    process.exit(EXIT_FAILURE)
  })

  const stopping = new AbortController()
  const platform = composePlatform(config, {
    logger,
    gatewayWorkers: 'processes',
    onFatal: (reason) => {
      logger.fatal({}, reason)
      process.exit(EXIT_FAILURE)
    },
  })
  onStopSignals(() => {
    logger.info({}, 'stopping')
    stopping.abort()
    void platform.stop().then(() => process.exit(process.exitCode ?? 0))
  })

  try {
    const withDashboard = config.roles.has('api') && !process.argv.includes('--without-dashboard')
    const dashboardProblem = withDashboard
      ? await buildDashboard({ signal: stopping.signal, onBuild: tellBuild })
      : null
    const running = await platform.start()
    if (!stopping.signal.aborted)
      process.stdout.write(banner({ ...running, dataDir: config.dataDir, dashboardProblem }))
  } catch (error) {
    if (stopping.signal.aborted) return
    process.exitCode = reportFailure(error)
    await platform.stop()
    process.exit()
  }
}

await main().catch((error: unknown) => {
  process.exitCode = reportFailure(error)
})
