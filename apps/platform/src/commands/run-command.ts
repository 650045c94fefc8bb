import { type Config, loadConfig } from '@packages/runtime/config'
import { createLogger, type Logger } from '@packages/runtime/logger'
import { ServiceStack } from '@packages/runtime/service-stack'
import { reportFailure } from '../report-failure.ts'

export type CommandTools = { config: Config; logger: Logger; stack: ServiceStack }

/** Runs an operator's command with the platform's settings; what it started is stopped, and its outcome is the exit code. */
export const runCommand = async (command: (tools: CommandTools) => Promise<number>): Promise<void> => {
  let stack: ServiceStack | undefined
  try {
    const config = loadConfig(process.env)
    // A command speaks for itself; the log is for what is wrong.
    const level = config.log.level === 'info' ? 'warn' : config.log.level
    const logger = createLogger({ ...config.log, level })
    stack = new ServiceStack({ logger })
    process.exitCode = await command({ config, logger, stack })
  } catch (error) {
    process.exitCode = reportFailure(error)
  } finally {
    await stack?.stop()
  }
}
