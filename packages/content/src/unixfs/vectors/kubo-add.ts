import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import type { ImportProfileName } from '../import-profile.ts'

const run = promisify(execFile)

/** The parameters of each profile as flags of `ipfs add`, so that nothing hangs on the defaults of one Kubo. */
export const KUBO_FLAGS: Record<ImportProfileName, string[]> = {
  'unixfs-v1-2025': ['--cid-version=1', '--raw-leaves=true', '--chunker=size-1048576', '--max-file-links=1024'],
  'unixfs-v0-2015': ['--cid-version=0', '--raw-leaves=false', '--chunker=size-262144', '--max-file-links=174'],
}

/** A Kubo repository in a temporary folder, without a daemon; throws when `ipfs` is not on the PATH. */
export type KuboRepository = {
  version: string
  /** The CID that `ipfs add --only-hash` prints for the bytes of `source`. */
  add(source: AsyncIterable<Uint8Array>, flags: readonly string[]): Promise<string>
  /** The CID that `ipfs add --recursive` prints for a file or folder on disk; stored, unless `--only-hash` is a flag. */
  addPath(target: string, flags: readonly string[]): Promise<string>
  /** Sets a value of the configuration, such as `Import.UnixFSHAMTDirectorySizeThreshold`. */
  configure(key: string, value: string | number): Promise<void>
  remove(): Promise<void>
}

/** `profile` is a configuration profile of Kubo that the repository is made with. */
export const openKuboRepository = async (profile?: ImportProfileName): Promise<KuboRepository> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'kubo-vectors-'))
  const env = { PATH: process.env.PATH, HOME: directory, IPFS_PATH: directory }
  await run('ipfs', ['init', ...(profile === undefined ? [] : ['--profile', profile])], { env })
  const version = await run('ipfs', ['version', '--number'], { env })
  return {
    version: version.stdout.trim(),
    add: async (source, flags) => {
      const child = spawn('ipfs', ['add', '--offline', '--only-hash', '--quieter', ...flags], {
        env,
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      const [output] = await Promise.all([text(child.stdout), pipeline(Readable.from(source), child.stdin)])
      return output.trim()
    },
    addPath: async (target, flags) => {
      const added = await run('ipfs', ['add', '--offline', '--recursive', '--quieter', ...flags, target], { env })
      return added.stdout.trim()
    },
    configure: async (key, value) => {
      await run('ipfs', ['config', '--json', key, JSON.stringify(value)], { env })
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}
