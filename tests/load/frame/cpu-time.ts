import { readFile } from 'node:fs/promises'
import { processTree } from '@packages/testkit/process-tree'

/** Linux reports processor time in hundredths of a second on all of its platforms (USER_HZ). */
const TICKS_PER_SECOND = 100

/** CPU seconds that a process and everything it started have used so far; 0 where there is no /proc. */
export const treeCpuSeconds = async (root: number): Promise<number> => {
  let ticks = 0
  for (const pid of await processTree(root).catch(() => [])) {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    // utime, stime and those of children that have ended: fields 14 to 17 of proc(5).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    for (const field of fields.slice(11, 15)) ticks += Number(field)
  }
  return ticks / TICKS_PER_SECOND
}

/** CPU seconds of this process, all threads. */
export const ownCpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
