import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { glob, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { lockDataFolder } from '@packages/runtime/data-folder-lock'

/**
 * `npm run build`: writes the dashboard's static export to apps/web/out.
 * `--if-changed` does nothing when the export was made from these very sources, so that a start costs milliseconds.
 * Works offline, and with the project's own Node whatever Node npm runs on.
 */

const repository = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(repository, 'apps/web/out/.sources')
const SOURCES = [
  'apps/web/{src/**/*,*.ts,*.json}',
  'packages/api-client/{dist/**/*,*.json}',
  'node_modules/next/package.json',
]
const NOT_SOURCES = /\.test\.tsx?$|^next-env\.d\.ts$|^tsconfig\.tsbuildinfo$/

/** SHA-256 over the names and bytes of everything that the export is made from. */
const hashSources = async (): Promise<string> => {
  const names = (await Array.fromAsync(glob(SOURCES, { cwd: repository, withFileTypes: true })))
    .filter((entry) => entry.isFile() && !NOT_SOURCES.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const hash = createHash('sha256')
  for (const name of names) {
    const bytes = await readFile(name)
    hash.update(`${name.slice(repository.length)}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

const runNext = (): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const child = spawn(process.execPath, [join(repository, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: join(repository, 'apps/web'),
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  child.once('error', reject)
  child.once('close', (code) =>
    code === 0 ? resolve() : reject(new Error(`next build failed:\n${Buffer.concat(output).toString()}`)),
  )
  return promise
}

/** Builds of one checkout wait for each other: they write the same folder. */
const lockBuild = async (): ReturnType<typeof lockDataFolder> => {
  for (const end = Date.now() + 600_000; ; await sleep(250)) {
    try {
      return await lockDataFolder(join(repository, 'node_modules/.cache/holdfast-build'))
    } catch (error) {
      const inUse = error instanceof Error && error.message.includes('in use')
      if (!inUse || Date.now() > end) throw error
    }
  }
}

const sources = await hashSources()
const isCurrent = async (): Promise<boolean> =>
  process.argv.includes('--if-changed') && (await readFile(stamp, 'utf8').catch(() => '')) === sources

if (!(await isCurrent())) {
  const lock = await lockBuild()
  try {
    if (!(await isCurrent())) {
      console.log('Building the dashboard: its sources are new or changed')
      // Without the stamp a build that was cut off is never taken for a whole one.
      await rm(stamp, { force: true })
      await runNext()
      await writeFile(stamp, sources)
    }
  } finally {
    await lock.release()
  }
}
