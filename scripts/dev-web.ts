import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm run dev:web`: the dashboard on 127.0.0.1:3002, each change at once; API calls go on to a running platform (`API_URL`). */
const repository = dirname(dirname(fileURLToPath(import.meta.url)))
const next = join(repository, 'node_modules/next/dist/bin/next')
const child = spawn(process.execPath, [next, 'dev', '-p', '3002', '-H', '127.0.0.1'], {
  cwd: join(repository, 'apps/web'),
  env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  stdio: 'inherit',
})
// Ctrl-C reaches both; this one leaves last, with the other's code.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.once('exit', (code) => process.exit(code ?? 0))
