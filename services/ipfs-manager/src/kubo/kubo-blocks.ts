import type { NamedSource } from '@packages/content/block-sources/chain'
import { matchesHash } from '@packages/content/block-store/hash-block'
import { DAG_LIMITS } from '@packages/content/dag/dag-limits'
import type { CID } from 'multiformats/cid'
import { KuboError } from './kubo-error.ts'
import type { KuboRpc } from './kubo-rpc.ts'

export type BlockNode = { name: string; rpc: KuboRpc }

/** A node has confirmed a content, and does not give a block as it should be. */
export type BadBlock = { node: string; cid: string; reason: string }

const BLOCK_MS = 10_000
/** After which the next node is asked as well: most answer within a millisecond. */
const HEDGE_MS = 150

/** Blocks of nodes, of what they have alone. Every block is hashed here: a node may be damaged, or lie. */
export class KuboBlocks implements NamedSource {
  readonly name: string
  readonly #onBad: (bad: BadBlock) => void
  #nodes: readonly BlockNode[]

  constructor(name: string, nodes: readonly BlockNode[], onBad: (bad: BadBlock) => void = nothing) {
    this.name = name
    this.#nodes = nodes
    this.#onBad = onBad
  }

  /**
   * The first good answer; nodes are asked in order, the next one when the last does not have it or takes its time. Who gave the last block is asked first for
   * the next. `undefined` when all say no.
   * @throws Error when no node has it and one could not say; the signal's reason
   */
  async get(cid: CID, { signal }: { signal?: AbortSignal } = {}): Promise<Uint8Array | undefined> {
    const race = new AbortController()
    const own = signal === undefined ? race.signal : AbortSignal.any([signal, race.signal])
    const problems: string[] = []
    let wake = nothing
    let found: Uint8Array | undefined
    const ask = async (node: BlockNode): Promise<void> => {
      const { name, rpc } = node
      try {
        const bytes = await blockOf(rpc, cid, own)
        if (bytes === undefined || found !== undefined) return
        found = bytes
        if (this.#nodes[0] !== node) this.#nodes = [node, ...this.#nodes.filter((other) => other !== node)]
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        problems.push(`${name}: ${reason}`)
        if (isBad(error)) this.#onBad({ node: name, cid: cid.toString(), reason })
      } finally {
        wake()
      }
    }
    try {
      const asked: Promise<void>[] = []
      for (const node of this.#nodes) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        asked.push(ask(node))
        const timer = setTimeout(resolve, HEDGE_MS)
        await promise
        clearTimeout(timer)
        signal?.throwIfAborted()
        if (found !== undefined) return found
      }
      // Whoever is asked still may have it.
      const first = new Promise<void>((resolve) => {
        wake = () => found !== undefined && resolve()
      })
      await Promise.race([first, Promise.all(asked)])
      signal?.throwIfAborted()
    } finally {
      race.abort()
    }
    if (found === undefined && problems.length > 0) throw new Error(problems.join('; '))
    return found
  }
}

const nothing = (): void => {}

/** What it sent is not the block, or it says so itself (`HashOnRead`). */
const isBad = (error: unknown): boolean =>
  error instanceof KuboError && (error.kind === 'strange' || /different hash/.test(error.message))

/** `offline`: what the node has; else what it finds, too. */
type AskHow = { offline: boolean; timeoutMs: number }
const HELD: AskHow = { offline: true, timeoutMs: BLOCK_MS }

/** A block that one node has, hashed; undefined when it has none. @throws KuboError; the signal's reason */
export const blockOf = async (
  rpc: KuboRpc,
  cid: CID,
  signal: AbortSignal,
  { offline, timeoutMs }: AskHow = HELD,
): Promise<Uint8Array | undefined> => {
  const parts: Uint8Array[] = []
  let length = 0
  try {
    const call = { args: [cid.toString()], options: { offline }, timeoutMs, signal }
    for await (const part of rpc.bytes('block/get', call)) {
      length += part.length
      if (length > DAG_LIMITS.maxBlockBytes) throw new KuboError('strange', 'sent more than a block can have')
      parts.push(part)
    }
  } catch (error) {
    if (error instanceof KuboError && error.kind === 'failed' && /not found/.test(error.message)) return undefined
    throw error
  }
  const bytes = Buffer.concat(parts, length)
  if (!matchesHash(cid.multihash, bytes)) throw new KuboError('strange', 'sent bytes that are not the block')
  return bytes
}
