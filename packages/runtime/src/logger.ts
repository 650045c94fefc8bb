import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'
import { redact, redactText } from './redact.ts'
import { textLogLine } from './text-log-format.ts'

export type { Logger } from 'pino'

export type LoggerOptions = {
  level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** `auto`: text when stdout is a terminal, JSON elsewhere. */
  format: 'auto' | 'json' | 'text'
  /** Where lines go; stdout by default. */
  destination?: DestinationStream
}

/** Name, message, stack (causes included) and plain values of an error; whole objects that hang on it are left out. */
const errorWithoutSecrets = (error: Error): unknown => {
  const { type, message, stack, ...rest } = stdSerializers.err(error)
  const values = Object.entries(rest).filter(([, value]) => value !== null && typeof value !== 'object')
  return redact({ type, message, stack, ...Object.fromEntries(values) })
}

/** The platform's logger: one JSON object a line, or text for people; secrets are taken out of fields, text and errors. */
export const createLogger = (options: LoggerOptions): Logger => {
  const stdout = options.destination ?? pino.destination({ dest: 1, sync: true })
  const asText = options.format === 'text' || (options.format === 'auto' && process.stdout.isTTY)
  const destination = asText ? { write: (line: string) => stdout.write(textLogLine(line)) } : stdout
  return pino(
    {
      level: options.level,
      base: undefined,
      formatters: { log: (fields) => redact(fields) as Record<string, unknown> },
      serializers: { err: errorWithoutSecrets },
      hooks: {
        logMethod(parameters, method) {
          method.apply(
            this,
            parameters.map((part) => (typeof part === 'string' ? redactText(part) : part)) as typeof parameters,
          )
        },
      },
    },
    destination,
  )
}
