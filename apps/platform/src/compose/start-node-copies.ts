import type { IngestCommitter } from '@packages/db/ingest-committer'
import type { ServiceStack } from '@packages/runtime/service-stack'
import type { Config } from '@packages/runtime/config'
import { CopyingCommitter } from '@services/ipfs-manager/copies/copying-committer'
import { NodeCopies, type NodeCopiesDeps } from '@services/ipfs-manager/copies/node-copies'

type StartDeps = NodeCopiesDeps & {
  stack: ServiceStack
  committer: Pick<IngestCommitter, 'commit'>
  store: ConstructorParameters<typeof CopyingCommitter>[0]['store']
}

/** With nodes besides the own store: who writes uploads down once nodes have confirmed them. */
export const startNodeCopies = async (
  { ipfs }: Config,
  { stack, committer, ...deps }: StartDeps,
): Promise<Pick<IngestCommitter, 'commit'>> => {
  if (ipfs.backend === 'embedded') return committer
  const copies = await stack.acquire(
    'copies on nodes',
    async () => new NodeCopies(deps),
    async (opened) => opened.stop(),
  )
  return new CopyingCommitter({ committer, copies, store: deps.store, ackCopies: ipfs.ackCopies })
}
