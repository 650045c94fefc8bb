import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryFolder } from './repository-folder.ts'

const OUTPUT_KEPT = 8_000
const BUILD_LIMIT_MS = 10 * 60_000

/** The static export that the API serves. */
export const dashboardFolder = join(repositoryFolder, 'apps', 'web', 'out')

/**
 * Makes the dashboard's static export when its sources changed (`scripts/build-web.ts --if-changed`). The API runs
 * without it too.
 * @returns null when it is current then; else why it could not be built
 */
export const buildDashboard = async (options: {
  signal: AbortSignal
  /** What the build tells people: nothing when there is nothing to do. */
  tell: (text: string) => void
}): Promise<string | null> => {
  const script = join(repositoryFolder, 'scripts', 'build-web.ts')
  if (!existsSync(join(repositoryFolder, 'apps', 'web', 'src')) || !existsSync(script)) return null
  const child = spawn(process.execPath, [script, '--if-changed'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(BUILD_LIMIT_MS)]),
  })
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_KEPT)
  }
  child.stdout.on('data', (chunk: Buffer) => options.tell(chunk.toString()))
  child.stderr.on('data', keep)
  const { promise, resolve } = Promise.withResolvers<string | null>()
  child.once('error', (error) => resolve(error.message))
  child.once('close', (code) => resolve(code === 0 ? null : output.trim()))
  return promise
}
