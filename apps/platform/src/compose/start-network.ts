import type { Denylist } from '@apps/gateway/denylist/denylist'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { IpnsRepublisher } from '@services/ipfs-manager/names/ipns-republisher'
import type { FindIpnsRouting } from '@services/ipfs-manager/names/ipns-routing'
import type { OwnNetwork } from './network-of.ts'

export type NetworkStart = {
  stack: ServiceStack
  db: Database
  logger: MinimalLogger
  network: OwnNetwork | null
  /** By what the DHT is told and asked of IPNS names; null where nobody is dialled. */
  ipnsRouting: FindIpnsRouting | null
  denylist: Pick<Denylist, 'check'>
}

/** By the name, and by where it leads; what is no path leads nowhere. */
const denies =
  (denylist: NetworkStart['denylist']) =>
  (name: string, value: string): boolean => {
    const [, namespace, root = '', ...rest] = value.split('/')
    try {
      denylist.check({ namespace: 'ipns', root: name, rest: [] })
      denylist.check(
        namespace === 'ipns' ? { namespace, root, rest } : { namespace: 'ipfs', root: parseCid(root), rest },
      )
      return false
    } catch (error) {
      if (error instanceof HoldfastError) return true
      throw error
    }
  }

/** Last of all: peers come when everything is ready, and are told what is here and where names lead. */
export const startNetwork = async ({
  stack,
  db,
  logger,
  network,
  ipnsRouting,
  denylist,
}: NetworkStart): Promise<void> => {
  const isDenied = denies(denylist)
  if (network !== null) await stack.start(network.network)
  if (network !== null && network.announcer !== null) await stack.start(network.announcer)
  if (ipnsRouting !== null) await stack.start(new IpnsRepublisher({ db, routing: ipnsRouting, isDenied, logger }))
}
