/** What this package needs of a logger; pino and `@packages/runtime`'s logger fit. */
export type MinimalLogger = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>

/** Drops everything: for commands and tests that have nothing to say. */
export const silentLogger: MinimalLogger = { debug() {}, info() {}, warn() {}, error() {} }
