import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startPlatform } from '@packages/testkit/start-platform'
import { expect, onTestFinished, test } from 'vitest'

type Outcome = { code: number; out: string }

/** A data folder of its own, whose nodes do not outlive the test. */
const fleet = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hf-up-'))
  const run = async (command: string, ...words: string[]): Promise<Outcome> => {
    const file = join(import.meta.dirname, `../../apps/platform/src/commands/ipfs-${command}.ts`)
    const child = spawn(process.execPath, [file, ...words], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = once(child, 'exit')
    const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr)])
    const [code] = await exited
    return { code: Number(code), out: `${out}${problems}` }
  }
  onTestFinished(async () => {
    await run('down')
    await rm(dataDir, { recursive: true, force: true })
  })
  return { dataDir, run }
}

const settingsIn = (out: string): Record<string, string> =>
  Object.fromEntries([...out.matchAll(/^ {2}([A-Z_]+)=(.+)$/gm)].map(([, name, value]) => [name, value]))

type Node = { url: string; token: string; name: string }
const nodesOf = async (settings: Record<string, string>): Promise<Node[]> =>
  JSON.parse(await readFile(settings['KUBO_NODES_FILE'] ?? '', 'utf8'))
/** Whether the node itself says that it has pinned it. */
const hasPinned = async (node: Node, cid: string): Promise<boolean> => {
  const headers = { authorization: `Bearer ${node.token}` }
  return (await fetch(`${node.url}/api/v0/pin/ls?arg=${cid}&type=recursive`, { method: 'POST', headers })).ok
}

test('two nodes are run, used by the platform with what was printed, looked at, stopped, and started with all that they had', async () => {
  const { run } = await fleet()
  const up = await run('up', '--nodes', '2')
  expect(up).toMatchObject({ code: 0, out: expect.stringMatching(/^2 local nodes, 2 of them started now/) })
  const settings = settingsIn(up.out)
  const nodes = await nodesOf(settings)
  expect(nodes.map(({ name }) => name)).toEqual(['kubo-1', 'kubo-2'])
  for (const { token } of nodes) expect(up.out).not.toContain(token)
  expect((await stat(settings['KUBO_NODES_FILE'] ?? '')).mode & 0o077).toBe(0)
  expect(await run('status')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^kubo-1 {2}up .* 1 peers.*\nkubo-2 {2}up .* 1 peers.*\n$/),
  })
  // Without credentials it tells nothing.
  expect((await fetch(`${nodes[0]?.url}/api/v0/id`, { method: 'POST' })).status).toBe(403)

  const lines: string[] = []
  await using platform = await startPlatform({
    environment: { ...settings, LOG_LEVEL: 'warn' },
    onLogLine: (line) => lines.push(line),
  })
  const key = await platform.apiKey()
  const { file, pin } = await platform.upload(key, randomUUID())
  expect(pin.status).toBe('pinned')
  expect(lines.filter((line) => line.includes('could be set better'))).toEqual([])
  const pinned = () => Promise.all(nodes.map((node) => hasPinned(node, file.cid)))
  expect(await pinned()).toEqual([true, true])

  expect(await run('up', '--network', 'private')).toMatchObject({
    code: 1,
    out: expect.stringContaining('are local ones'),
  })
  expect(await run('logs', 'kubo-2')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^== kubo-2 (?!== )[^]*Daemon is ready/),
  })
  for (const [word, line] of [
    ['--bogus', 'npm run ipfs:down -- [NODE …]\n'],
    ['kubo-9', 'There is no node kubo-9, only kubo-1, kubo-2\n'],
  ] as const)
    expect(await run('down', word)).toEqual({ code: 64, out: line })
  expect(await run('logs', 'kubo-1', 'kubo-9')).toMatchObject({ code: 64 })
  expect(await run('down', 'kubo-2')).toEqual({ code: 0, out: 'kubo-2  stopped\n' })
  expect(await run('status')).toMatchObject({ code: 1, out: expect.stringMatching(/^kubo-1 {2}up .*\nkubo-2 {2}down/) })
  expect(await run('down')).toEqual({ code: 0, out: 'kubo-1  stopped\nkubo-2  did not run\n' })
  expect(await run('status')).toMatchObject({ code: 1, out: expect.stringMatching(/^kubo-1 {2}down/) })
  expect(await run('up', '--nodes', '3')).toMatchObject({
    code: 0,
    out: expect.stringContaining('3 local nodes, 3 of them started now'),
  })
  expect((await nodesOf(settings)).slice(0, 2)).toEqual(nodes)
  expect(await pinned()).toEqual([true, true])
})

test('private nodes have a swarm key of their own, know one another, and let nobody else in', async () => {
  const { dataDir, run } = await fleet()
  const up = await run('up', '--nodes', '2', '--network', 'private')
  expect(up).toMatchObject({ code: 0, out: expect.stringMatching(/^2 private nodes/) })
  const keys = await Promise.all(
    ['kubo-1', 'kubo-2'].map((name) => readFile(join(dataDir, 'kubo', name, 'repo', 'swarm.key'), 'utf8')),
  )
  expect(keys[0]).toMatch(/^\/key\/swarm\/psk\/1\.0\.0\/\n\/base16\/\n[0-9a-f]{64}\n$/)
  expect(keys[1]).toBe(keys[0])
  expect(await run('status')).toMatchObject({ code: 0, out: expect.stringMatching(/kubo-1 {2}up .* 1 peers/) })
  expect(await readFile(join(dataDir, 'kubo', 'kubo-1', 'log'), 'utf8')).toContain(
    'private network of peers with the swarm key',
  )
  for (const node of JSON.parse(await readFile(settingsIn(up.out)['KUBO_NODES_FILE'] ?? '', 'utf8')))
    expect(node).toMatchObject({ network: 'private' })
})

test('what cannot be done is said', async () => {
  const { run } = await fleet()
  expect(await run('up', '--nodes', '0')).toMatchObject({
    code: 64,
    out: expect.stringContaining('npm run ipfs:up -- '),
  })
  expect(await run('status')).toMatchObject({ code: 1, out: expect.stringContaining('npm run ipfs:up') })
  for (const command of ['up', 'status', 'logs', 'down', 'migrate'])
    expect(await run(command, '--bogus')).toMatchObject({
      code: 64,
      out: expect.stringMatching(new RegExp(`^npm run ipfs:${command} .*\n$`)),
    })
})
