import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { listens } from './listens.ts'

const VCL = new URL('../../../infrastructure/varnish/holdfast.vcl', import.meta.url)
const START_MS = 20_000

export type VarnishOptions = {
  /** Where it listens, on loopback. */
  port: number
  /** The gateway's, on loopback. */
  gatewayPort: number
  token: string
  /** Of what it keeps, as varnishd says it. 64m by default. */
  memory?: string
}

/** A real Varnish (from the PATH) with the project's VCL, changed where that says so. */
export type TestVarnish = {
  url: string
  /** What it has counted since its start, by the names of varnishstat without `MAIN.`. */
  counts(): Promise<Record<'cache_hit' | 'cache_miss', number>>
  [Symbol.asyncDispose](): Promise<void>
}

export const startVarnish = async ({
  port,
  gatewayPort,
  token,
  memory = '64m',
}: VarnishOptions): Promise<TestVarnish> => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-varnish-'))
  const vcl = join(folder, 'holdfast.vcl')
  const text = (await readFile(VCL, 'utf8')).replace('"8080"', `"${gatewayPort}"`).replace('@TOKEN@', token)
  await writeFile(vcl, text)
  const settings = ['-F', '-j', 'none', '-n', join(folder, 'work'), '-f', vcl, '-s', `malloc,${memory}`]
  const child: ChildProcess = spawn('varnishd', [...settings, '-a', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  for (const deadline = performance.now() + START_MS; !(await listens({ port })); await sleep(20)) {
    if (child.exitCode === null && performance.now() < deadline) continue
    await stop()
    throw new Error(`varnishd did not start: ${said.slice(-2_000)}`)
  }
  const counts: TestVarnish['counts'] = async () => {
    const names = ['cache_hit', 'cache_miss'] as const
    const asked = ['-1', '-n', join(folder, 'work'), ...names.flatMap((name) => ['-f', `MAIN.${name}`])]
    const { stdout } = await promisify(execFile)('varnishstat', asked)
    const lines = stdout.split('\n').map((line) => line.split(/\s+/))
    const countOf = (name: string): number => Number(lines.find(([of]) => of === `MAIN.${name}`)?.[1])
    return { cache_hit: countOf('cache_hit'), cache_miss: countOf('cache_miss') }
  }
  return { url: `http://127.0.0.1:${port}`, counts, [Symbol.asyncDispose]: stop }
}
