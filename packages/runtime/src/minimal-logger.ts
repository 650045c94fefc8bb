/** What a module needs of a logger: pino's shape, so that a pino logger fits as it is. */
export type MinimalLogger = {
  debug(fields: object, message?: string): void
  info(fields: object, message?: string): void
  warn(fields: object, message?: string): void
  error(fields: object, message?: string): void
}

const nothing = (): void => {}

/** For tests and tools that have nobody to tell. */
export const silentLogger: MinimalLogger = { debug: nothing, info: nothing, warn: nothing, error: nothing }
