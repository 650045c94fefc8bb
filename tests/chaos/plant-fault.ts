import childProcess from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdir, stat, truncate } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { BlockStore, type BlockStoreOptions } from '@packages/content/block-store/block-store'
import { SegmentWriter } from '@packages/content/block-store/segment-writer'
import { StoreReader } from '@packages/content/block-store/store-reader'
import { Upload } from '@packages/content/block-store/upload'
import { BlockCipher, TAG_BYTES } from '@packages/content/private/block-cipher'
import { RootKeys } from '@packages/db/keys/root-keys'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { ElapsedTime } from '@services/ipfs-manager/elapsed-time'
import { KuboBackend } from '@services/ipfs-manager/kubo/kubo-backend'
import { KuboClient } from '@services/ipfs-manager/kubo/kubo-client'
import { Client } from 'pg'

/**
 * Loaded before the platform's program by `node --import`: puts the fault that CHAOS_FAULT names into it. Nothing of
 * this is in the program itself.
 */

const open = BlockStore.open.bind(BlockStore)

/** As if the last writes had never reached the disk, although they were acknowledged. */
const loseTail = async (directory: string): Promise<void> => {
  const folder = join(directory, 'segments')
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const { size } = await stat(path)
    if (size > 200_000) await truncate(path, size - 100_000)
  }
}

const LATE_MS = 1_000

/** The database is asked something else. */
const alterQueries = (alter: (text: string) => string): void => {
  const { query } = Client.prototype
  const altered = function (this: Client, config: unknown, ...rest: unknown[]): unknown {
    const text = config !== null && typeof config === 'object' && 'text' in config ? config.text : undefined
    if (typeof text === 'string') Object.assign(config as object, { text: alter(text) })
    return Reflect.apply(query, this, [typeof config === 'string' ? alter(config) : config, ...rest])
  }
  Object.assign(Client.prototype, { query: altered })
}

/** A node that has taken the blocks of a push is not asked to pin them, nor whether it has: its 200 was enough. */
const hopeForPins = (): void => {
  const hopes = new WeakMap<KuboClient, Map<string, string>>()
  const hopesOf = (client: KuboClient): Map<string, string> => {
    const known = hopes.get(client) ?? new Map<string, string>()
    hopes.set(client, known)
    return known
  }
  const { pinOf, unpin } = KuboClient.prototype
  KuboClient.prototype.pin = async function* (this: KuboClient, cids, { label }) {
    for (const cid of cids) hopesOf(this).set(cid.toString(), label)
    yield { blocks: 1, bytes: 1 }
  }
  KuboClient.prototype.pinOf = async function (this: KuboClient, cid, signal) {
    const label = hopesOf(this).get(cid.toString())
    return label === undefined ? pinOf.call(this, cid, signal) : { label }
  }
  KuboClient.prototype.unpin = async function (this: KuboClient, cid, signal) {
    hopesOf(this).delete(cid.toString())
    await unpin.call(this, cid, signal)
  }
}

/** Each group of private roots is pushed to a public node as well, as if it were public. */
const mixNetworks = (): void => {
  const { push } = KuboBackend.prototype
  KuboBackend.prototype.push = async function (this: KuboBackend, nodeId, given, signal) {
    const words = await push.call(this, nodeId, given, signal)
    const open = (await this.nodes(signal)).find(({ network, state }) => network === 'public' && state === 'up')
    const secrets = given.filter(({ root }) => root.network === 'private')
    const strayed = secrets.map(({ root, source }) => ({ root: { ...root, network: 'public' as const }, source }))
    if (open !== undefined && strayed.length > 0)
      await push.call(this, open.nodeId, strayed, signal).catch(() => undefined)
    return words
  }
}

/** As if a worker took a pin away for somebody else's wish. */
const losePin = async (): Promise<void> => {
  const client = new Client({ connectionString: process.env.DATABASE_URL })
  client.on('error', () => undefined)
  await client.connect()
  await client.query(`delete from pins where id = (select id from pins where psa_status = 'pinned' limit 1)`)
  await client.end()
}

const plant: Record<string, () => void> = {
  'drop-references': () => {
    BlockStore.open = (options: BlockStoreOptions) =>
      open({ ...options, faults: { dropReference: () => Math.random() < 0.5 } })
  },
  'lose-tails': () => {
    BlockStore.open = async (options: BlockStoreOptions) => {
      await loseTail(options.directory)
      return open(options)
    }
  },
  'forget-releases': () => {
    BlockStore.prototype.release = async () => true
  },
  'skip-sync': () => {
    BlockStore.open = (options: BlockStoreOptions) => open({ ...options, faults: { skipSync: true } })
  },
  'sync-late': () => {
    const sync = SegmentWriter.prototype.sync
    SegmentWriter.prototype.sync = async function (this: SegmentWriter) {
      await this.flush()
      setTimeout(() => void sync.call(this).catch(() => undefined), LATE_MS).unref()
    }
  },
  'swallow-full': () => {
    const sync = SegmentWriter.prototype.sync
    SegmentWriter.prototype.sync = function (this: SegmentWriter) {
      return sync.call(this).catch(() => undefined)
    }
  },
  'stay-full': () => {
    let wasFull = false
    const { commit } = Upload.prototype
    Upload.prototype.commit = async function (this: Upload, ...rest: Parameters<Upload['commit']>) {
      if (wasFull) throw new HoldfastError('insufficient_storage')
      try {
        return await commit.apply(this, rest)
      } catch (error) {
        wasFull = error instanceof HoldfastError && error.code === 'insufficient_storage'
        throw error
      }
    }
  },
  'trust-dates': () => {
    ElapsedTime.prototype.take = () => Number.MAX_SAFE_INTEGER
  },
  'pins-by-clock': () => {
    alterQueries((text) => text.replace(/case when isfinite\(u\.last_pin_at\).*? end as last/s, '0 as last'))
  },
  'two-are-enough': () => {
    const enough = 'case when c.confirmed < 2 then c.confirmed else greatest(c.confirmed, p.replication_min) end'
    alterQueries((text) =>
      text.replace('c.state, c.confirmed, f.state as fetch', `c.state, ${enough} as confirmed, f.state as fetch`),
    )
  },
  'trust-blocks': () => {
    StoreReader.prototype.isVerified = () => true
    StoreReader.prototype.verifyOnce = () => undefined
  },
  'pins-by-hope': hopeForPins,
  'mix-networks': mixNetworks,
  'private-in-clear': () => {
    BlockCipher.prototype.seal = (_, bytes) => ({ ciphertext: Buffer.from(bytes), tag: Buffer.alloc(TAG_BYTES) })
    BlockCipher.prototype.open = (_, ciphertext) => Buffer.from(ciphertext)
  },
  'lose-keys': () => {
    const { newRootKey } = RootKeys.prototype
    RootKeys.prototype.newRootKey = async function (this: RootKeys, ...rest: Parameters<RootKeys['newRootKey']>) {
      return { ...(await newRootKey.apply(this, rest)), key: new Uint8Array(randomBytes(32)) }
    }
  },
  'lose-pins': () => {
    setInterval(() => void losePin().catch(() => undefined), LATE_MS).unref()
  },
  'trust-rows': () => {
    KuboBackend.prototype.replicas = async (_, roots) =>
      roots.map(({ contentId }) => ({ contentId, state: 'pinned', isForeign: false }))
  },
  'database-unsynced': () => {
    const { spawn } = childProcess
    const unsynced = (command: string, args: readonly string[], options: childProcess.SpawnOptions) =>
      spawn(
        command,
        args.map((text) => (text === 'fsync=on' ? 'fsync=off' : text)),
        options,
      )
    Object.assign(childProcess, { spawn: unsynced })
    syncBuiltinESMExports()
  },
}

plant[process.env.CHAOS_FAULT ?? '']?.()
