import { EXIT_FAILURE, StartError } from '@packages/runtime/start-error'

/** Tells why a program cannot go on: a clear line for what its operator can change, else the error with its stack. */
export const reportFailure = (error: unknown): number => {
  if (error instanceof StartError) {
    for (const line of error.lines) console.error(line)
    return error.exitCode
  }
  console.error(error)
  return EXIT_FAILURE
}
