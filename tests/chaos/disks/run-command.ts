import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs a program of the system. @returns what it printed, trimmed. @throws Error with its own words */
export const run = async (command: string, ...args: string[]): Promise<string> => {
  try {
    return (
      await execute(command, args, { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } })
    ).stdout.trim()
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    throw new Error(`${command} ${args.join(' ')}: ${words}`, { cause: error })
  }
}

/** Whether a program is there. */
export const isInstalled = (command: string): Promise<boolean> =>
  run('sh', '-c', `command -v ${command}`).then(
    () => true,
    () => false,
  )
