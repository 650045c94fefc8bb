import { randomBytes } from 'node:crypto'
import type { TestProject } from 'vitest/node'
import { type KuboAddress, kuboVersion, startKuboNode } from './kubo-node.ts'

const NODES = 3

declare module 'vitest' {
  interface ProvidedContext {
    kuboFleet: readonly KuboAddress[]
  }
}

/**
 * Three Kubo nodes for all suites of one run: `inject('kuboFleet')`. They find one another by a DHT on loopback and are not connected by anybody. Files
 * share them, so nobody stops one or collects its garbage: who does that starts a node of his own.
 */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  if ((await kuboVersion()) === null) throw new Error('There is no `ipfs` on the PATH: see tests/README.md.')
  const nodes = await Promise.all(
    Array.from({ length: NODES }, () => startKuboNode({ routing: 'dht', token: randomBytes(16).toString('hex') })),
  )
  project.provide(
    'kuboFleet',
    nodes.map(({ api, gateway, token, peerId, swarm, repository }) => ({
      api,
      gateway,
      token,
      peerId,
      swarm,
      repository,
    })),
  )
  return async () => void (await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]())))
}
