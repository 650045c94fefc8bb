import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet } from './fleet-file.ts'
import { clientOf, pidOf, startNode } from './node-process.ts'
import { nodeFolder } from './fleet-file.ts'
import { ensureRepository, type Peer, setPeers } from './node-repository.ts'

const CONNECT_TRIES = 5
const CONNECT_AGAIN_MS = 200

/** Makes what is missing of the nodes, starts those that do not run, and connects them to one another. @returns names of those that were started now */
export const startFleet = async (dataDir: string, fleet: Fleet): Promise<string[]> => {
  const peers: Peer[] = []
  for (const node of fleet.nodes) peers.push(await ensureRepository(dataDir, fleet, node))
  const started: string[] = []
  for (const [index, node] of fleet.nodes.entries()) {
    const peer = peers[index] as Peer
    if ((await pidOf(nodeFolder(dataDir, node))) === null)
      await setPeers(
        dataDir,
        node,
        peers.filter((other) => other !== peer),
      )
    if (await startNode(dataDir, fleet, node, peer)) started.push(node.name)
  }
  await connect(fleet, peers)
  return started
}

/** By itself a node dials its peers some seconds after its start. Best effort: it goes on trying. */
const connect = async (fleet: Fleet, peers: readonly Peer[]): Promise<void> => {
  for (const [index, node] of fleet.nodes.entries()) {
    const client = clientOf(fleet, node)
    try {
      for (const { ID, Addrs } of peers.slice(index + 1))
        for (let tries = 1; tries <= CONNECT_TRIES; tries++) {
          if (await client.connect(`${Addrs[0]}/p2p/${ID}`, AbortSignal.timeout(10_000))) break
          await sleep(CONNECT_AGAIN_MS)
        }
    } finally {
      client.rpc.stop()
    }
  }
}
