import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { blockFile } from '@packages/testkit/kubo-blocks'
import type { KuboNode } from '@packages/testkit/kubo-node'
import { SlowLine } from '@packages/testkit/slow-line'
import { generatedBytes } from '../../acceptance/generated-bytes.ts'
import { rootOf } from '../content.ts'
import { askNode, startOwnKubo } from './node-pool.ts'

const MIB = 1024 * 1024
const CHUNK = 256 * 1024
/** At that rate nothing of `ENDLESS_BYTES` is ever whole. */
const MISER_BYTES_PER_SECOND = 20_000
const ENDLESS_BYTES = 32 * MIB
const ADD_MS = 30_000

export type Wish = { cid: string; origins: string[]; size: number; contentSeed: number }

/** Who has what is pinned by CID: a stranger who gives it, and a miser who gives so slowly that it has no end. */
export class Strangers {
  readonly stranger: KuboNode
  readonly #miser: KuboNode
  readonly #line: SlowLine
  readonly #endless: Wish

  private constructor(stranger: KuboNode, miser: KuboNode, line: SlowLine, endless: Wish) {
    this.stranger = stranger
    this.#miser = miser
    this.#line = line
    this.#endless = endless
  }

  static async start(folder: string, seed: number): Promise<Strangers> {
    const [stranger, miser] = await Promise.all([
      startOwnKubo(join(folder, 'stranger')),
      startOwnKubo(join(folder, 'miser')),
    ])
    const [, , , , port] = miser.swarm.split('/')
    const line = await SlowLine.before(Number(port))
    line.limit(MISER_BYTES_PER_SECOND)
    const origins = [`/ip4/127.0.0.1/tcp/${line.port}/p2p/${miser.peerId}`]
    const content = { size: ENDLESS_BYTES, contentSeed: seed }
    return new Strangers(stranger, miser, line, { cid: await add(miser, content), origins, ...content })
  }

  /** Content that the stranger has. */
  async reachable(content: { size: number; contentSeed: number }): Promise<Wish> {
    return { cid: await add(this.stranger, content), origins: [this.stranger.swarm], ...content }
  }

  /** Content of which nobody has a single block. */
  async unreachable(contentSeed: number): Promise<Wish> {
    const content = { size: 100, contentSeed }
    return { cid: await rootOf({ shape: 'file', ...content }), origins: [this.stranger.swarm], ...content }
  }

  /** Content of which the stranger has all but one block, which nobody has. */
  async incomplete(contentSeed: number): Promise<Wish> {
    const wish = await this.reachable({ size: 5 * CHUNK, contentSeed })
    const links = await askNode(this.stranger, `refs?arg=${wish.cid}`)
    const [leaf] = links.trim().split('\n')
    const { Ref } = JSON.parse(leaf ?? '{}') as { Ref?: string }
    if (Ref !== undefined) await rm(blockFile(this.stranger.repository, Ref), { force: true })
    return wish
  }

  endless(): Wish {
    return this.#endless
  }

  async end(): Promise<void> {
    await this.#line.end()
    await Promise.all([this.stranger.kill(), this.#miser.kill()])
  }
}

const add = async (node: KuboNode, { size, contentSeed }: { size: number; contentSeed: number }): Promise<string> => {
  const body = new FormData()
  body.set('file', new Blob([Buffer.concat(await Array.fromAsync(generatedBytes(size, contentSeed)))]))
  const text = await askNode(node, `add?cid-version=1&pin=true&chunker=size-${CHUNK}`, { body, timeoutMs: ADD_MS })
  return (JSON.parse(text) as { Hash: string }).Hash
}
