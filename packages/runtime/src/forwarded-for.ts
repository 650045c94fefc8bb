import { isIP } from 'node:net'

/** What proxies write: an address, in brackets or with a port as some do. */
const addressOf = (text: string): string | undefined => {
  const [, bracketed, withPort] = /^(?:\[([^\]]*)\](?::\d{1,5})?|([^:]*):\d{1,5})$/.exec(text) ?? []
  const address = bracketed ?? withPort ?? text
  return isIP(address) === 0 || address.includes('%') ? undefined : address
}

/**
 * Pure: the end of an X-Forwarded-For that can be read, without ports. It is read from its end, where proxies write; what lies before
 * something that is no address was written by nobody who is believed.
 */
export const readableChain = (header: string): string[] => {
  const chain: string[] = []
  for (const part of header.split(',').toReversed()) {
    const address = addressOf(part.trim())
    if (address === undefined) break
    chain.unshift(address)
  }
  return chain
}
