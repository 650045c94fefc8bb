import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { listens } from './listens.ts'

/** A real Redis (from the PATH) on a socket of its own, that keeps nothing. */
export type TestRedis = {
  /** For `REDIS_URL`. */
  url: string
  start(): Promise<void>
  /** SIGKILL; the address stays, for a next `start`. */
  kill(): Promise<void>
  /** Holds it up as it is, its connections too, until `resume`. */
  pause(): void
  resume(): void
  [Symbol.asyncDispose](): Promise<void>
}

const START_MS = 10_000

export type RedisOptions = {
  /** Listens on a loopback port with this certificate (PEM files) as well; `url` is then `rediss:`. */
  tls?: { port: number; cert: string; key: string }
}

export const startRedis = async ({ tls }: RedisOptions = {}): Promise<TestRedis> => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-redis-'))
  const path = join(folder, 'redis.sock')
  let child: ChildProcess | undefined

  const start = async (): Promise<void> => {
    const settings = ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no', '--dir', folder]
    if (tls !== undefined)
      settings.push(
        '--bind',
        '127.0.0.1',
        '--tls-port',
        `${tls.port}`,
        '--tls-cert-file',
        tls.cert,
        '--tls-key-file',
        tls.key,
        '--tls-auth-clients',
        'no',
      )
    child = spawn('redis-server', settings, { stdio: 'ignore' })
    const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error))
    const until = performance.now() + START_MS
    while (!(await Promise.race([listens({ path }), failed]))) {
      if (performance.now() > until) throw new Error('Redis did not start')
      await sleep(20)
    }
  }
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  await start()
  return {
    url: tls === undefined ? `unix://${path}` : `rediss://localhost:${tls.port}`,
    start,
    kill,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
