import type { ParseArgsOptionsConfig } from 'node:util'
import { type AuditTrail, runWithTrail } from '@packages/runtime/audit-trail'
import { type Config, loadConfig } from '@packages/runtime/config'
import { createLogger, type Logger } from '@packages/runtime/logger'
import { ServiceStack } from '@packages/runtime/service-stack'
import { reportFailure } from '../report-failure.ts'
import { type CommandLine, type CommandSyntax, readCommandLine } from './command-line.ts'

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

/**
 * Runs an operator's command with the platform's settings; what it started is stopped, and its outcome is the exit code.
 * @param syntax what it takes; without it anything that comes after its name is refused
 */
export const runCommand = async <const Options extends ParseArgsOptionsConfig>(
  command: (tools: CommandTools, line: CommandLine<Options>) => Promise<number>,
  syntax: CommandSyntax<Options> = { takes: '' },
): Promise<void> => {
  let stack: ServiceStack | undefined
  try {
    const line = readCommandLine(process.argv, syntax)
    const config = loadConfig(process.env)
    // A command speaks for itself; the log is for what is wrong.
    const level = config.log.level === 'info' ? 'warn' : config.log.level
    const logger = createLogger({ ...config.log, level })
    stack = new ServiceStack({ logger })
    const tools = { config, logger, stack }
    process.exitCode = await runWithTrail(operatorTrail(), () => command(tools, line))
  } catch (error) {
    process.exitCode = reportFailure(error)
  } finally {
    await stack?.stop()
  }
}
