import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type KuboNode, startKuboNode } from '@packages/testkit/kubo-node'
import { SlowLine } from '@packages/testkit/slow-line'
import { FilledDisk } from '../disks/filled-disk.ts'
import type { Random } from '../random.ts'

const PUBLIC_NODES = 3
/** What a node's contents need many times over, and little enough to be filled in a moment. */
const DISK_BYTES = 384 * 1024 * 1024

export type PoolOptions = {
  /** How many nodes have a network of their own, which is private. */
  privateNodes: number
  /** Of each node's disk. */
  diskBytes?: number | undefined
}

/** A node of the platform: on a small disk of its own, its RPC behind a line that can become slow. */
export type PoolNode = {
  name: string
  network: 'public' | 'private'
  kubo: KuboNode
  disk: FilledDisk
  line: SlowLine
}

const TRIES = 3

/** Ports that were free a moment ago may be another server's when it listens: then it is made anew on others. */
export const startOwnKubo = async (directory: string, options: { swarmKey?: string } = {}): Promise<KuboNode> => {
  for (let tries = 1; ; tries++) {
    try {
      return await startKuboNode({ ...options, directory, token: randomBytes(16).toString('hex') })
    } catch (error) {
      if (tries === TRIES) throw error
      await rm(directory, { recursive: true, force: true })
    }
  }
}

type NodeOptions = { diskBytes: number; swarmKey?: string }

const startNode = async (folder: string, name: string, { diskBytes, swarmKey }: NodeOptions): Promise<PoolNode> => {
  const place = join(folder, name)
  await mkdir(place)
  const disk = await FilledDisk.make(place, 'tmpfs', diskBytes)
  const kubo = await startOwnKubo(join(disk.path, 'kubo'), swarmKey === undefined ? {} : { swarmKey })
  const network = swarmKey === undefined ? 'public' : 'private'
  return { name, network, kubo, disk, line: await SlowLine.before(Number(new URL(kubo.api).port)) }
}

/** Real Kubo nodes for a platform. The run itself asks them past their lines. */
export class NodePool {
  readonly nodes: readonly PoolNode[]
  readonly #taken = new Set<PoolNode>()

  private constructor(nodes: readonly PoolNode[]) {
    this.nodes = nodes
  }

  static async start(folder: string, { privateNodes, diskBytes = DISK_BYTES }: PoolOptions): Promise<NodePool> {
    const swarmKey = randomBytes(32).toString('hex')
    const open = Array.from({ length: PUBLIC_NODES }, (_, index) =>
      startNode(folder, `node-${index + 1}`, { diskBytes }),
    )
    const vault = Array.from({ length: privateNodes }, (_, index) =>
      startNode(folder, `vault-${index + 1}`, { diskBytes, swarmKey }),
    )
    return new NodePool(await Promise.all([...open, ...vault]))
  }

  /**
   * Nodes of one network to which nothing happens yet; fewer when there are not as many. They are given back. The network is drawn first: what happens to all of a small one
   * is not rarer for that.
   */
  take(random: Random, count: number): PoolNode[] {
    const left = this.nodes.filter((node) => !this.#taken.has(node))
    const network = random.pick([...new Set(left.map((node) => node.network))])
    const free = left.filter((node) => node.network === network)
    const taken: PoolNode[] = []
    while (taken.length < count && free.length > 0) taken.push(...free.splice(random.between(0, free.length - 1), 1))
    for (const node of taken) this.#taken.add(node)
    return taken
  }

  giveBack(nodes: readonly PoolNode[]): void {
    for (const node of nodes) this.#taken.delete(node)
  }

  /** `KUBO_NODES`. */
  get setting(): string {
    return JSON.stringify(
      this.nodes.map(({ name, network, kubo, line }) => ({
        name,
        network,
        url: `http://127.0.0.1:${line.port}`,
        token: kubo.token ?? '',
      })),
    )
  }

  async end(): Promise<void> {
    for (const { kubo, line, disk } of this.nodes) {
      await line.end()
      await kubo.kill()
      await disk.end()
    }
  }
}

/** One command of a node, past its line. @throws Error when it does not answer within the time, or says no */
export const askNode = async (
  { api, token }: Pick<KuboNode, 'api' | 'token'>,
  command: string,
  { body, timeoutMs = 2_000 }: { body?: FormData; timeoutMs?: number } = {},
): Promise<string> => {
  const answer = await fetch(`${api}/api/v0/${command}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${command}: ${text}`)
  return text
}

/** The roots that a node itself says it has pinned; null when it does not answer. */
export const pinsOn = async ({ kubo }: PoolNode): Promise<ReadonlySet<string> | null> => {
  try {
    const { Keys } = JSON.parse(await askNode(kubo, 'pin/ls?type=recursive')) as { Keys?: Record<string, unknown> }
    return new Set(Object.keys(Keys ?? {}))
  } catch {
    return null
  }
}
