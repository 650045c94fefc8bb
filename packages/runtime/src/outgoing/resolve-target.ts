import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { OutgoingRefused } from './outgoing-refused.ts'
import { isLocalName, type OutgoingTarget } from './outgoing-url.ts'
import { isRefusedAddress } from './refused-address.ts'

/** All addresses of a name. */
export type ResolveName = (host: string) => Promise<readonly string[]>

export const resolveBySystem: ResolveName = async (host) =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address)

/** More are not dialled. */
const MAX_ADDRESSES = 16

/**
 * The addresses that may be dialled. One that may not refuses them all: a name that points inside and outside is an attack, or a
 * mistake that would work only sometimes.
 * @throws OutgoingRefused
 */
export const resolveTarget = async (
  target: OutgoingTarget,
  options: { resolve: ResolveName; anyAddress: boolean },
): Promise<readonly string[]> => {
  const { host } = target
  const { anyAddress } = options
  const refused = new OutgoingRefused('address', `${host} is not an address that may be called.`)
  if (!anyAddress && !target.isLiteral && isLocalName(host)) throw refused
  const addresses = target.isLiteral ? [host] : await options.resolve(host).catch(() => [])
  const usable = addresses.filter((address) => isIP(address) !== 0)
  if (usable.length === 0) throw new OutgoingRefused('unresolved', `${host} has no address.`)
  if (!anyAddress && addresses.some(isRefusedAddress)) throw refused
  return usable.slice(0, MAX_ADDRESSES)
}
