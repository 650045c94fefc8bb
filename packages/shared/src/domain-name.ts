/** Nothing that ends a host within an address, and no white space. */
const STOPS = /[\s\p{Cc}/\\?#@%:[\]<>^|]/u
const MAX_WRITTEN = 255
/** One label has to find room before it, within the 253 of DNS. The last one begins with a letter: an address is none. */
const DOMAIN = /^(?=.{4,243}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/

/**
 * The one spelling of a domain: ASCII (UTS #46, as browsers have it), in lower case, with no dot at its end. `undefined` for what is none: an
 * address, one label alone, something with a port.
 */
export const domainNameOf = (text: string): string | undefined => {
  if (text.length > MAX_WRITTEN || STOPS.test(text)) return undefined
  const address = `http://${text}`
  if (!URL.canParse(address)) return undefined
  const domain = new URL(address).hostname.replace(/\.$/, '')
  return DOMAIN.test(domain) ? domain : undefined
}

/** Of a Host header, whose port says nothing of whose it is. */
export const domainOfHost = (host: string): string | undefined => domainNameOf(host.replace(/:\d{1,5}$/, ''))

/** Whether `domain` is one of these hosts, or below one. */
export const isBelow = (domain: string, hosts: readonly string[]): boolean =>
  hosts.some((host) => domain === host || domain.endsWith(`.${host}`))
