import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { loadConfig } from '@packages/runtime/config'
import { reportFailure } from './report-failure.ts'
import { repositoryFolder } from './repository-folder.ts'

const WEB_PORT = 3002

const run = (args: string[], environment: Record<string, string>, cwd: string): ChildProcess =>
  spawn(process.execPath, args, { cwd, stdio: 'inherit', env: { ...environment, ...process.env } })

/**
 * `npm run dev`: the platform, started anew when its code changes, and the dashboard with hot reload on port 3002,
 * which hands API calls on. Ctrl-C reaches both by the terminal; when one ends, so does the other.
 */
const dev = async (): Promise<void> => {
  const { apiPort, host } = loadConfig(process.env)
  const webUrl = `http://${host}:${WEB_PORT}`
  const web = join(repositoryFolder, 'apps', 'web')
  const next = createRequire(join(web, 'package.json')).resolve('next/dist/bin/next')
  const children = [
    run(
      [
        '--watch',
        '--watch-preserve-output',
        join(repositoryFolder, 'apps/platform/src/main.ts'),
        '--without-dashboard',
      ],
      { PUBLIC_URL: webUrl },
      process.cwd(),
    ),
    run(
      [next, 'dev', '-p', String(WEB_PORT), '-H', host],
      { NEXT_TELEMETRY_DISABLED: '1', API_URL: `http://${host}:${apiPort}` },
      web,
    ),
  ]
  const stop = (): void => {
    for (const child of children) child.kill('SIGTERM')
  }
  process.on('SIGINT', () => {})
  process.on('SIGTERM', stop)
  for (const child of children) child.once('exit', stop)
}

await dev().catch((error: unknown) => {
  process.exitCode = reportFailure(error)
})
