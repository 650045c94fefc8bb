import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { StartError } from '../start-error.ts'
import { parseKeyList } from './key-list.ts'
import type { MasterKeySource } from './master-key-source.ts'

const run = promisify(execFile)

const TIMEOUT_MS = 20_000
const MAX_OUTPUT_BYTES = 4_096

/** Why it failed, without a word of what it printed: that may be the key. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown reason'
  const { killed, code, signal } = error as Error & { killed?: boolean; code?: unknown; signal?: unknown }
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'it printed too much'
  if (killed === true) return `it did not end within ${TIMEOUT_MS / 1_000} s`
  return typeof code === 'number'
    ? `it ended with exit code ${code}`
    : `it could not be run (${String(code ?? signal)})`
}

/**
 * The keys that a program of the operator's prints, such as one that has a key management service unwrap them. It is run
 * without a shell; what it prints is kept in memory alone.
 */
export const keyCommand = ([file = '', ...parts]: readonly string[], timeoutMs = TIMEOUT_MS): MasterKeySource => ({
  place: 'MASTER_KEY_COMMAND',
  read: async () => {
    const { stdout } = await run(file, parts, {
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_BYTES,
      windowsHide: true,
    }).catch((error: unknown) => {
      // Its own error carries the output: it goes no further.
      throw new StartError(`MASTER_KEY_COMMAND failed: ${reasonOf(error)}`)
    })
    const keys = parseKeyList(stdout)
    if (keys === undefined)
      throw new StartError('MASTER_KEY_COMMAND printed no key: 32 bytes in hex or base64, one key a line')
    return keys
  },
})
