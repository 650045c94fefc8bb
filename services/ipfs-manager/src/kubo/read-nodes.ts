import type { Database } from '@packages/db/open-database'
import type { MasterKey } from '@packages/runtime/master-key'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { RepeatingTask } from '../repeating-task.ts'
import { readAddedNodes } from './added-nodes.ts'
import { findKuboNodes } from './ensure-kubo-nodes.ts'
import type { KuboNodeSettings } from './kubo-node.ts'
import type { WorksWithNodes } from './kubo-pool.ts'

export type ReadNodesDeps = {
  db: Pick<Database, 'kysely'>
  masterKey: Pick<MasterKey, 'open'>
  /** Of the settings. */
  named: readonly Omit<KuboNodeSettings, 'nodeId'>[]
  /** Whether those are read that operators have added as well. */
  withAdded: boolean
  pool: WorksWithNodes
  /** What was made of other nodes is to be made anew. */
  onChange(): void
  logger: MinimalLogger
}

const EVERY_MS = 2_000

/** The nodes that a process reads from which may not change them: as they are named, added and removed elsewhere while it runs. */
export class ReadNodes {
  readonly #deps: ReadNodesDeps
  readonly #task: RepeatingTask
  readonly #known = new Map<string, string>()

  constructor(deps: ReadNodesDeps) {
    this.#deps = deps
    this.#task = new RepeatingTask({
      name: 'nodes that are read',
      everyMs: EVERY_MS,
      run: () => this.look(),
      logger: deps.logger,
    })
  }

  async start(): Promise<void> {
    await this.look()
    this.#task.start()
  }

  stop(): Promise<void> {
    return this.#task.stop()
  }

  async look(): Promise<void> {
    const { db, masterKey, named, withAdded, pool, onChange } = this.#deps
    const added = withAdded ? await readAddedNodes(db, masterKey) : []
    const nodes = new Map([...added, ...(await findKuboNodes(db, named))].map((node) => [node.nodeId, node]))
    let isChanged = false
    for (const id of this.#known.keys())
      if (!nodes.has(id)) {
        pool.drop(id)
        this.#known.delete(id)
        isChanged = true
      }
    for (const [id, node] of nodes) {
      const settings = JSON.stringify(node)
      if (this.#known.get(id) === settings) continue
      pool.add(node)
      this.#known.set(id, settings)
      isChanged = true
    }
    if (isChanged) onChange()
  }
}
