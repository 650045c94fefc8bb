import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { LoadResult, LoadTarget } from './load-target.ts'

const run = promisify(execFile)

/** Whether `wrk` is on the PATH. */
export const hasWrk = async (): Promise<boolean> => {
  try {
    await run('bash', ['-c', 'command -v wrk'])
    return true
  } catch {
    return false
  }
}

/** GETs `url` by `wrk` from one thread. @throws Error when any answer was not a success */
export const runWrk = async ({ url, headers = {}, connections, seconds }: LoadTarget): Promise<LoadResult> => {
  // Bash's own `time` tells what a finished child has used; Node has no call for it.
  const script = 'TIMEFORMAT="cpu %U %S"; time wrk -t1 --timeout 30s -c"$1" -d"$2"s "${@:3}"'
  const named = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const { stdout, stderr } = await run('bash', [
    '-c',
    script,
    'bash',
    `${connections}`,
    `${seconds}`,
    ...named,
    url.href,
  ])
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr) ?? []
  if (rate === undefined || user === undefined || system === undefined) throw new Error(`wrk said:\n${stdout}${stderr}`)
  const refused = /Non-2xx or 3xx responses: \d+|Socket errors: .*/.exec(stdout)?.[0]
  if (refused !== undefined) throw new Error(`${url.href}: ${refused}`)
  return { perSecond: Number(rate), cpuSeconds: Number(user) + Number(system) }
}
