import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { segmentPath } from '@packages/content/block-store/segment-path'
import type { TestBlock } from '@packages/content/block-store/test-dags'
import { EmbeddedBackend } from '@services/ipfs-manager/embedded/embedded-backend'
import {
  BackendError,
  type Ensured,
  type EnsureOptions,
  type RootSource,
  type WantedRoot,
} from '@services/ipfs-manager/pin-backend'
import type { EnsuredMessage, EnsureMessage } from './embedded-process.ts'

/** A store that is in a process of its own until that is killed, and in this one from its next start on. */
export class EmbeddedSpare implements AsyncDisposable {
  readonly nodeId: string
  readonly #directory: string
  #process: ChildProcess | undefined
  #store: BlockStore | undefined
  #backend: EmbeddedBackend | undefined

  private constructor(nodeId: string, directory: string) {
    this.nodeId = nodeId
    this.#directory = directory
  }

  static async begin(nodeId: string): Promise<EmbeddedSpare> {
    const spare = new EmbeddedSpare(nodeId, await mkdtemp(join(tmpdir(), 'hf-spare-')))
    spare.#process = fork(new URL('./embedded-process.ts', import.meta.url), [spare.#directory], {
      serialization: 'advanced',
    })
    await once(spare.#process, 'message')
    return spare
  }

  /** Undefined while nobody is there who could answer. */
  get backend(): EmbeddedBackend | undefined {
    return this.#backend
  }

  async ensure(root: WantedRoot, source: RootSource, options: EnsureOptions): Promise<Ensured> {
    if (this.#process === undefined) {
      if (this.backend === undefined) throw new BackendError('node_down', 'It was killed.')
      return this.backend.ensure(this.nodeId, root, source, options)
    }
    if (source.kind !== 'car') throw new Error('it is sent CARs')
    const pieces = await Array.fromAsync(source.open(options.signal))
    const message: EnsureMessage = {
      contentId: root.contentId,
      cid: root.cid.toString(),
      car: new Uint8Array(Buffer.concat(pieces)),
    }
    this.#process.send(message)
    const [answer] = (await once(this.#process, 'message')) as [EnsuredMessage]
    if ('error' in answer) throw new Error(answer.error)
    return { isForeign: false, ...answer }
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    const running = this.#process
    this.#process = undefined
    if (running === undefined) throw new Error('it is killed once')
    running.kill('SIGKILL')
    if (running.exitCode === null && running.signalCode === null) await once(running, 'exit')
  }

  async start(): Promise<void> {
    this.#store = await BlockStore.open({ directory: this.#directory })
    this.#backend = new EmbeddedBackend({ store: this.#store, nodeId: this.nodeId, network: 'public' })
  }

  /** Changes a byte of a stored block on its disk. */
  async damage(cid: TestBlock['cid']): Promise<void> {
    const place = this.#store?.reader('public').locate(cid)
    if (place === undefined) throw new Error('it is not held')
    await using file = await open(segmentPath(this.#directory, place.segment), 'r+')
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, place.offset)
    byte[0] = (byte[0] ?? 0) ^ 1
    await file.write(byte, 0, 1, place.offset)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process !== undefined) await this.kill()
    await this.#store?.close()
    await rm(this.#directory, { recursive: true, force: true })
  }
}
