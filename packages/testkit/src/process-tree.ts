import { readdir, readFile } from 'node:fs/promises'

type ProcessFacts = { pid: number; parent: number; group: number }

const readProcesses = async (): Promise<ProcessFacts[]> => {
  const found: ProcessFacts[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const text = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
    // The second field is a name in brackets and may hold anything; what counts follows it (proc(5)).
    const [, parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    if (parent !== undefined && group !== undefined)
      found.push({ pid: Number(entry), parent: Number(parent), group: Number(group) })
  }
  return found
}

/** A process and everything that it started, also in other process groups. Linux only; empty when it is gone. */
export const processTree = async (root: number): Promise<number[]> => {
  const processes = await readProcesses()
  const tree = new Set(processes.filter(({ pid }) => pid === root).map(({ pid }) => pid))
  for (let before = -1; before !== tree.size; ) {
    before = tree.size
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid)
  }
  return [...tree]
}

/** Whether a process is there and not a zombie. Its first thread may be one while others still keep files and locks open. */
export const isRunning = async (pid: number): Promise<boolean> => {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const states = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => '')),
  )
  return states.some((text) => text !== '' && !/^[ZX]/.test(text.slice(text.lastIndexOf(')') + 2)))
}

/** Whether a process stands still by SIGSTOP, all its threads with it. */
export const isStopped = async (pid: number): Promise<boolean> => {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const states = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => '')),
  )
  return (
    states.length > 0 && states.every((text) => text === '' || text.slice(text.lastIndexOf(')') + 2).startsWith('T'))
  )
}

/** Proportional set size in bytes: shared pages are divided among those that share them, so that sums are true. */
export const proportionalMemory = async (pids: readonly number[]): Promise<number> => {
  let bytes = 0
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
    bytes += Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024
  }
  return bytes
}
