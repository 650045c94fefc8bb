import { type KuboNodeConfig, kuboNodeProblems } from '@packages/runtime/config/kubo-nodes'
import type { NodeReport } from '../pin-backend.ts'
import { KuboClient } from './kubo-client.ts'
import type { KuboNodeSettings } from './kubo-node.ts'
import { KuboRpc } from './kubo-rpc.ts'
import { NodeReporter } from './node-report.ts'

/** Who works with nodes: the backend, and who asks them for others. */
export type WorksWithNodes = { add(node: KuboNodeSettings): void; drop(nodeId: string): void }

export type KuboPoolDeps = {
  backend: WorksWithNodes
  finder: WorksWithNodes
  dialPrivate: boolean
  /** In production mode what leaves this machine is encrypted. */
  isProduction: boolean
}

const LOOK_MS = 5_000

/** The nodes that are worked with, as operators change them while the platform runs. */
export class KuboPool {
  readonly #deps: KuboPoolDeps

  constructor(deps: KuboPoolDeps) {
    this.#deps = deps
  }

  /** Why a node could not stand in `KUBO_NODES` either: it is elsewhere and has no token, or would be spoken to in clear. */
  problemsOf(node: KuboNodeConfig): string[] {
    return kuboNodeProblems(node, this.#deps)
  }

  /** Asks a node that is not worked with yet how it is, and checks its version and settings. */
  async look(node: KuboNodeSettings): Promise<NodeReport> {
    const { url, token, ...rest } = node
    const client = new KuboClient(new KuboRpc({ url, token }))
    try {
      const asked = { ...rest, client, hasToken: token !== null }
      const [report] = await new NodeReporter(this.#deps).report([asked], AbortSignal.timeout(LOOK_MS))
      if (report === undefined) throw new Error('a node was not reported')
      return report
    } finally {
      client.rpc.stop()
    }
  }

  /** From here on it is watched, and content is placed on it. */
  add(node: KuboNodeSettings): void {
    this.#deps.backend.add(node)
    this.#deps.finder.add(node)
  }

  drop(nodeId: string): void {
    this.#deps.backend.drop(nodeId)
    this.#deps.finder.drop(nodeId)
  }
}
