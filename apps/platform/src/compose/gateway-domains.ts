import { DomainLooks } from '@packages/db/gateway-domains/domain-looks'
import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import { nameServersOf } from '@packages/runtime/dns/name-servers'
import { createTxtLookUp, type LookUpTxt } from '@packages/runtime/dns/txt-look-up'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'

type HostsConfig = Pick<Config, 'publicUrl' | 'gatewayUrl' | 'gatewayHosts'>

/** How often it is asked what is due. */
const EVERY_MS = 2_000

const hostOf = (url: string): string => new URL(url).hostname

/** Hosts that are no organization's, however it proves them: the platform's own, and the domains that the operator has named one by one. */
export const ownHostsOf = ({ publicUrl, gatewayUrl, gatewayHosts }: HostsConfig): readonly string[] => [
  hostOf(publicUrl),
  hostOf(gatewayUrl),
  ...gatewayHosts.subdomains,
  ...gatewayHosts.dnslink.filter((pattern) => !pattern.includes('*')),
]

/** What the API needs for domains of gateways. */
export const gatewayDomainsOf = (
  config: HostsConfig & Pick<Config, 'dnsServers'>,
): { lookUpTxt: LookUpTxt; ownHosts: readonly string[] } => ({
  lookUpTxt: createTxtLookUp(nameServersOf(config.dnsServers)),
  ownHosts: ownHostsOf(config),
})

/** Looks at the DNS of domains all the time, in each process that serves them: as long as one serves, one looks. */
export const domainLooks = (
  { dnsServers }: Pick<Config, 'dnsServers'>,
  { db, logger }: { db: Pick<Database, 'kysely' | 'unitOfWork'>; logger: MinimalLogger },
): Service => {
  const looks = new DomainLooks({ db, lookUp: createTxtLookUp(nameServersOf(dnsServers)), logger })
  const run = async (signal: AbortSignal): Promise<void> => void (await looks.lookAtDue(signal))
  const task = new RepeatingTask({ name: 'domains of gateways', everyMs: EVERY_MS, run, logger })
  return { name: 'domains of gateways', start: async () => task.start(0), stop: () => task.stop() }
}
