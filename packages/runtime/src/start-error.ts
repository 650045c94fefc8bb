/** `EX_CONFIG` of sysexits.h: a setting is wrong, starting again will not help. */
export const EXIT_CONFIG = 78
export const EXIT_FAILURE = 1

/**
 * The platform cannot start, for a reason that its operator can act on. The launcher prints each of `lines`
 * (no stack) and leaves with `exitCode`; anything else that is thrown is a programmer error and keeps its stack.
 */
export class StartError extends Error {
  override readonly name: string = 'StartError'
  readonly lines: readonly string[]
  readonly exitCode: number

  constructor(lines: string | readonly string[], options: { exitCode?: number; cause?: unknown } = {}) {
    const list = typeof lines === 'string' ? [lines] : lines
    super(list.join('; '), options.cause === undefined ? undefined : { cause: options.cause })
    this.lines = list
    this.exitCode = options.exitCode ?? EXIT_FAILURE
  }
}
