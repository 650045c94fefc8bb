import type { Config } from '@packages/runtime/config'
import type { KuboFinder } from '@services/ipfs-manager/kubo/kubo-finder'
import { KuboValues } from '@services/ipfs-manager/kubo/kubo-values'
import type { FindIpnsRouting } from '@services/ipfs-manager/names/ipns-routing'

/** The DHT as public nodes of the pool speak to it, those that it has by then; null where nobody is dialled. */
export const kuboRoutingOf = (
  finder: Pick<KuboFinder, 'nodes'>,
  { network }: Pick<Config['ipfs'], 'network'>,
): FindIpnsRouting | null => (network === 'none' ? null : async () => new KuboValues([...finder.nodes.values()]))
