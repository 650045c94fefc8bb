import { getServers } from 'node:dns'
import { type NameServer, nameServers } from '../config/gateway-schemas.ts'

/** Whom to ask: those that are set, or those of the machine. */
export const nameServersOf = (setting: 'system' | readonly NameServer[]): readonly NameServer[] => {
  if (setting !== 'system') return setting
  // An address with a zone (`fe80::1%eth0`) is left out: it means nothing elsewhere.
  const known = getServers().filter((server) => !server.includes('%'))
  const read = known.length === 0 ? [] : nameServers.parse(known.join(','))
  return read === 'system' ? [] : read
}
