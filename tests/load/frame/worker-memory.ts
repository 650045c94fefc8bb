import { readFile } from 'node:fs/promises'
import { processTree } from '@packages/testkit/process-tree'

const GATEWAY_WORKER = 'gateway/src/worker.ts'

/** MiB of memory that each gateway worker below a process has and had at most; none where there is no /proc. */
export const workerMemory = async (root: number): Promise<{ now: number; peak: number }[]> => {
  const found: { now: number; peak: number }[] = []
  for (const pid of await processTree(root).catch(() => [])) {
    const [command, status] = await Promise.all(
      ['cmdline', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
    )
    if (command?.includes(GATEWAY_WORKER) !== true) continue
    const mib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status ?? '')?.[1]) / 1024
    found.push({ now: mib('VmRSS'), peak: mib('VmHWM') })
  }
  return found
}
