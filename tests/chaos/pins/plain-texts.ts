import { readFile } from 'node:fs/promises'
import { blockFile } from '@packages/testkit/kubo-blocks'
import { generatedBytes } from '../../acceptance/generated-bytes.ts'
import type { Ledger, LedgerFile } from '../ledger.ts'
import { blocksOn } from './blocks-on.ts'
import type { NodePool, PoolNode } from './node-pool.ts'

/** So much of a file's beginning is nobody else's, and in one block, however it is cut. In bytes. */
const TOLD_BY = 32

/** Whether a node, a private one as well, ever had the bytes of a private file as its owner sent them. */
export class PlainTexts {
  readonly #pool: NodePool
  readonly #secrets: Ledger
  /** By their first four bytes. */
  readonly #beginnings = new Map<number, { file: LedgerFile; bytes: Buffer }[]>()
  #known = 0
  /** By node: blocks that were read. */
  readonly #read = new Map<PoolNode, Set<string>>()

  constructor(pool: NodePool, secrets: Ledger) {
    this.#pool = pool
    this.#secrets = secrets
  }

  /** Reads what nodes have and had not when they were asked last; all of them have to be up. @returns every private file on a node in words */
  async exposed(): Promise<string[]> {
    await this.#learn()
    const found = await Promise.all(this.#pool.nodes.map((node) => this.#exposedOn(node)))
    return found.flat()
  }

  get blocks(): number {
    return [...this.#read.values()].reduce((sum, { size }) => sum + size, 0)
  }

  async #learn(): Promise<void> {
    const { files } = this.#secrets
    for (; this.#known < files.length; this.#known++) {
      const file = files[this.#known]
      if (file === undefined || file.size < TOLD_BY) continue
      const bytes = Buffer.concat(await Array.fromAsync(generatedBytes(TOLD_BY, file.contentSeed)))
      const key = bytes.readUInt32LE()
      this.#beginnings.set(key, [...(this.#beginnings.get(key) ?? []), { file, bytes }])
    }
  }

  async #exposedOn(node: PoolNode): Promise<string[]> {
    const read = this.#read.get(node) ?? new Set()
    this.#read.set(node, read)
    const found: string[] = []
    for (const block of (await blocksOn(node)).difference(read)) {
      // It may have gone since it was listed.
      const bytes = await readFile(blockFile(node.kubo.repository, block)).catch(() => undefined)
      if (bytes === undefined) continue
      read.add(block)
      for (const { name } of this.#filesIn(bytes))
        found.push(`${node.name}, a ${node.network} node, has the private file ${name} in clear in the block ${block}`)
    }
    return found
  }

  /** Wherever in the block they begin. */
  #filesIn(block: Buffer): LedgerFile[] {
    const found: LedgerFile[] = []
    for (let at = 0; at + TOLD_BY <= block.length; at++)
      for (const { file, bytes } of this.#beginnings.get(block.readUInt32LE(at)) ?? [])
        if (bytes.equals(block.subarray(at, at + TOLD_BY))) found.push(file)
    return found
  }
}
