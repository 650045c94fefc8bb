import { type AuditTrail, runWithTrail } from '@packages/runtime/audit-trail'
import { type Config, loadConfig } from '@packages/runtime/config'
import { createLogger, type Logger } from '@packages/runtime/logger'
import { ServiceStack } from '@packages/runtime/service-stack'
import { reportFailure } from '../report-failure.ts'

/** `EX_USAGE` of sysexits.h: the command was not called as it can be. */
export const EXIT_USAGE = 64

export type CommandTools = { config: Config; logger: Logger; stack: ServiceStack }

/** Whoever has a shell on the machine is an operator; which one, the machine's own log knows. */
const operatorTrail = (): AuditTrail => ({
  requestId: null,
  address: null,
  userAgent: null,
  credential: 'command-line',
  userId: null,
  organizationId: null,
  refusal: null,
  written: 0,
})

/** Runs an operator's command with the platform's settings; what it started is stopped, and its outcome is the exit code. */
export const runCommand = async (command: (tools: CommandTools) => Promise<number>): Promise<void> => {
  let stack: ServiceStack | undefined
  try {
    const config = loadConfig(process.env)
    // A command speaks for itself; the log is for what is wrong.
    const level = config.log.level === 'info' ? 'warn' : config.log.level
    const logger = createLogger({ ...config.log, level })
    stack = new ServiceStack({ logger })
    const tools = { config, logger, stack }
    process.exitCode = await runWithTrail(operatorTrail(), () => command(tools))
  } catch (error) {
    process.exitCode = reportFailure(error)
  } finally {
    await stack?.stop()
  }
}
