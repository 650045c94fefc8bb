import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** `ipfs pin remote` of a real Kubo, with a platform as its service: what people type. */
const run = promisify(execFile)
/** Nobody has it. */
const STRANGE = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
const SERVICE = '--service=holdfast'

let platform: TestPlatform
let directory: string
let daemon: ReturnType<typeof spawn>
let held: string

/** Talks to nobody but us; looks at what its policies say every second. */
const environment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: directory,
  IPFS_PATH: join(directory, 'repo'),
  IPFS_TELEMETRY: 'off',
  MFS_PIN_POLL_INTERVAL: '1s',
})
const ipfs = async (...words: string[]): Promise<string> =>
  (await run('ipfs', words, { env: environment(), timeout: 60_000 })).stdout.trim()
const remote = async (...words: string[]): Promise<string[]> =>
  (await ipfs('pin', 'remote', ...words)).split('\n').filter((line) => line !== '')
const statistics = async (): Promise<string | undefined> =>
  (await remote('service', 'ls', '--stat'))[0]?.split(' ').at(-1)

const startDaemon = async (): Promise<void> => {
  await ipfs('init', '--profile', 'test')
  for (const [setting, value] of Object.entries({
    Bootstrap: [],
    AutoConf: { Enabled: false },
    Routing: { Type: 'none', DelegatedRouters: [] },
    DNS: { Resolvers: {} },
    'Ipns.DelegatedPublishers': [],
    'Addresses.Gateway': null,
  }))
    await ipfs('config', '--json', setting, JSON.stringify(value))
  daemon = spawn('ipfs', ['daemon'], { env: environment(), stdio: ['ignore', 'pipe', 'ignore'] })
  let said = ''
  const ready = new Promise<void>((resolve) => {
    daemon.stdout?.on('data', (chunk) => {
      said += String(chunk)
      if (said.includes('Daemon is ready')) resolve()
    })
  })
  await Promise.race([ready, once(daemon, 'exit')])
  expect(said).toContain('Daemon is ready')
}

beforeAll(async () => {
  // Clients are told an address at which somebody listens, or nothing.
  platform = await startPlatform({ environment: { SWARM_PORT: '0' } })
  const key = await platform.apiKey()
  held = (await platform.upload(key, 'what Kubo asks us to pin', 'a.txt')).file.cid
  directory = await mkdtemp(join(tmpdir(), 'hf-remote-'))
  await startDaemon()
  // Of a user without any file: lists then hold what Kubo has made alone.
  const own = await platform.apiKey(await platform.newUser(), ['pins:read', 'pins:write'])
  await remote('service', 'add', 'holdfast', `${platform.apiUrl}/psa`, own)
})
afterAll(async () => {
  daemon?.kill('SIGTERM')
  if (daemon?.exitCode === null) await once(daemon, 'exit')
  await rm(directory, { recursive: true, force: true })
  await platform.stop()
})

const pinnedRoot = async (): Promise<string[]> => remote('ls', SERVICE, '--status=queued,pinning,pinned', '--name=mfs')

it('adds, lists and removes, in the foreground what is held and in the background what is not', async () => {
  expect(await statistics()).toBe('0/0/0/0')
  expect(await remote('add', SERVICE, '--name=held', held)).toEqual([
    `CID:    ${held}`,
    'Name:   held',
    'Status: pinned',
  ])
  expect(await remote('add', SERVICE, '--name=waits', '--background', STRANGE)).toContain('Status: queued')
  expect(await statistics()).toMatch(/^(1\/0|0\/1)\/1\/0$/)
  expect(await remote('ls', SERVICE)).toEqual([`${held}\tpinned\theld`])
  expect(await remote('ls', SERVICE, '--status=queued,pinning')).toEqual([
    expect.stringMatching(`^${STRANGE}\t(queued|pinning)\twaits$`),
  ])
  expect(await remote('ls', SERVICE, `--cid=${held}`)).toEqual([`${held}\tpinned\theld`])
  expect(await remote('ls', SERVICE, '--name=held')).toHaveLength(1)
  await remote('rm', SERVICE, '--name=held')
  await remote('rm', SERVICE, '--status=queued,pinning', `--cid=${STRANGE}`)
  expect(await statistics()).toBe('0/0/0/0')
})

it('lists more than a page of what it has', async () => {
  for (let at = 0; at < 12; at++) await remote('add', SERVICE, `--name=n${at}`, held)
  expect(await remote('ls', SERVICE)).toHaveLength(12)
  await remote('rm', SERVICE, '--force')
  expect(await statistics()).toBe('0/0/0/0')
})

it('keeps its files pinned by its policy: one pin, replaced as they change', async () => {
  const policy = { Enable: true, PinName: 'mfs', RepinInterval: '1s' }
  await ipfs('config', '--json', 'Pinning.RemoteServices.holdfast.Policies.MFS', JSON.stringify(policy))
  for (const folder of ['/one', '/two']) {
    await ipfs('files', 'mkdir', folder)
    const root = await ipfs('files', 'stat', '--hash', '/')
    await expect.poll(pinnedRoot, { timeout: 30_000, interval: 500 }).toEqual([expect.stringMatching(`^${root}\t`)])
  }
})

it('is told by a wrong key what is wrong', async () => {
  await remote('service', 'add', 'wrong', `${platform.apiUrl}/psa`, `hfast_${'0'.repeat(38)}`)
  await expect(remote('ls', '--service=wrong')).rejects.toThrow('UNAUTHORIZED')
  await remote('service', 'rm', 'wrong')
})
