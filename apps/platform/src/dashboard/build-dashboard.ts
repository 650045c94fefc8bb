import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DataFolderLock, lockDataFolder } from '@packages/runtime/data-folder-lock'
import { inlineScriptHashes } from './inline-script-hashes.ts'
import { dashboardSourceHash } from './source-hash.ts'

const STAMP = '.sources'
const OUTPUT_KEPT = 8_000
const BUILD_LIMIT_MS = 10 * 60_000

export type DashboardBuild = {
  /** The checkout; one without the dashboard's sources has nothing to build. */
  repository: string
  /** Build also when nothing changed. */
  force?: boolean
  signal?: AbortSignal
  /** Called when a build begins: it takes some seconds. */
  onBuild?: () => void
}

/** Builds of one checkout wait for each other: they write the same folder. */
const lockBuild = async (repository: string, signal: AbortSignal | undefined): Promise<DataFolderLock> => {
  for (const end = Date.now() + BUILD_LIMIT_MS; ; await sleep(250, undefined, { signal }))
    try {
      return await lockDataFolder(join(repository, 'node_modules', '.cache', 'holdfast-dashboard'))
    } catch (error) {
      if (Date.now() > end) throw error
    }
}

const runNext = (web: string, signal: AbortSignal | undefined): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const next = createRequire(join(web, 'package.json')).resolve('next/dist/bin/next')
  const limit = AbortSignal.timeout(BUILD_LIMIT_MS)
  const child = spawn(process.execPath, [next, 'build'], {
    cwd: web,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  })
  let output = ''
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_KEPT)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  child.once('error', reject)
  child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`next build failed:\n${output.trim()}`))))
  return promise
}

/**
 * Makes the dashboard's static export in `apps/web/out` when its sources changed since the last build, with the
 * hashes for its Content-Security-Policy in `csp.json`.
 * @returns whether it was built; false when what is there is current
 */
export const buildDashboard = async ({
  repository,
  force = false,
  signal,
  onBuild,
}: DashboardBuild): Promise<boolean> => {
  const web = join(repository, 'apps', 'web')
  if (!existsSync(join(web, 'src'))) return false
  const out = join(web, 'out')
  const stamp = join(out, STAMP)
  const sources = await dashboardSourceHash(repository)
  const isCurrent = async (): Promise<boolean> => (await readFile(stamp, 'utf8').catch(() => '')) === sources
  if (!force && (await isCurrent())) return false
  const lock = await lockBuild(repository, signal)
  try {
    if (!force && (await isCurrent())) return false
    onBuild?.()
    // Without its stamp a build that is cut off is never taken for a whole one.
    await rm(stamp, { force: true })
    await runNext(web, signal)
    await writeFile(
      join(out, 'csp.json'),
      `${JSON.stringify({ scriptHashes: await inlineScriptHashes(out) }, null, 2)}\n`,
    )
    await writeFile(stamp, sources)
    return true
  } finally {
    await lock.release()
  }
}
