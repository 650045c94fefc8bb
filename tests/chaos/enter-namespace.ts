import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { isInstalled } from './disks/run-command.ts'

const INSIDE = 'HOLDFAST_CHAOS_NAMESPACE'

/** Why file systems cannot be mounted here; null when they can. */
export const whyNoMounts = async (): Promise<string | null> => {
  if (process.getuid?.() !== 0) return 'file systems can only be mounted by root'
  const loops = await access('/dev/loop-control').then(
    () => true,
    () => false,
  )
  if (!loops) return 'there are no loop devices (/dev/loop-control)'
  for (const command of ['unshare', 'losetup', 'mkfs.ext4'])
    if (!(await isInstalled(command))) return `${command} is not installed`
  return null
}

export const isInsideNamespace = (): boolean => process.env[INSIDE] === '1'

/**
 * Runs this program again as the only inhabitants of mount and process namespaces. However it ends, by `kill -9` as
 * well, the kernel ends all processes in there, and with them go the mounts and their loop devices.
 * @param folder removed by the caller, who stays outside
 * @returns its exit code
 */
export const runInNamespace = async (folder: string): Promise<number> => {
  // The shell is process 1: it takes up processes that have lost their parents, and Node keeps its default signals.
  const inside = ['sh', '-c', '"$0" "$@"; exit $?', process.execPath, ...process.argv.slice(1)]
  const flags = ['--mount', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc']
  const child = spawn('unshare', [...flags, ...inside], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1', HOLDFAST_CHAOS_FOLDER: folder },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGKILL'))
  const [code]: unknown[] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}
