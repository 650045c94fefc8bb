import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DataFolderError, lockDataFolder } from './data-folder-lock.ts'

const folder = () => join(mkdtempSync(join(tmpdir(), 'hf-lock-')), 'data')
const module = new URL('./data-folder-lock.ts', import.meta.url).href

/** Another process that tries to take the folder, tells `held` or why not, and keeps it. */
const taker = async (directory: string): Promise<{ child: ChildProcess; answer: string }> => {
  const program = `
    const { lockDataFolder } = await import(${JSON.stringify(module)})
    const lock = await lockDataFolder(${JSON.stringify(directory)}).catch((error) => error)
    console.log(lock instanceof Error ? lock.message : 'held')
    if (lock instanceof Error) process.exit(1)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [chunk] = await once(child.stdout, 'data')
  return { child, answer: String(chunk).trim() }
}

const killed = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

test('makes the folder for its owner only', async () => {
  const directory = folder()
  const lock = await lockDataFolder(directory)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  await lock.release()
})

test('is refused twice in one process, and free after release', async () => {
  const directory = folder()
  const lock = await lockDataFolder(directory)
  await expect(lockDataFolder(directory)).rejects.toThrow(`DATA_DIR is in use by process ${process.pid}: ${directory}`)
  await lock.release()
  await (await lockDataFolder(directory)).release()
})

test('names the process that has it, and is free at once when that is killed', async () => {
  const directory = folder()
  const { child, answer } = await taker(directory)
  expect(answer).toBe('held')
  await expect(lockDataFolder(directory)).rejects.toThrow(`in use by process ${child.pid}`)
  await killed(child)
  await (await lockDataFolder(directory)).release()
})

test('of many starters exactly one gets it, also over a killed holder', async () => {
  const directory = folder()
  await killed((await taker(directory)).child)
  const takers = await Promise.all(Array.from({ length: 6 }, () => taker(directory)))
  expect(takers.filter(({ answer }) => answer === 'held')).toHaveLength(1)
  await Promise.all(takers.map(({ child }) => killed(child)))
})

test('tells in one line that a folder cannot be made', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'hf-lock-')), 'file')
  writeFileSync(file, '')
  const error: unknown = await lockDataFolder(join(file, 'data')).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(DataFolderError)
  expect(error).toMatchObject({ lines: [`DATA_DIR cannot be written: ${join(file, 'data')} (ENOTDIR)`] })
})

test.runIf(process.platform === 'linux')('refuses a place where the kernel makes no folders', async () => {
  await expect(lockDataFolder('/proc/holdfast/data')).rejects.toThrow(/^DATA_DIR cannot be written/)
})

test('makes the folders above it as well', async () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'holdfast-lock-')), 'a', 'b')
  const lock = await lockDataFolder(directory)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  await lock.release()
})
