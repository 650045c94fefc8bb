import { isIP } from 'node:net'
import { z } from 'zod'

const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$/
const CONTENT_PATH = /^\/ip[fn]s\/[^/\s,?#]{1,300}(\/[^/\s,?#]{1,255}){0,64}\/?$/

const isHost = (text: string): boolean => HOST.test(text) && isIP(text) === 0
const isDomain = (text: string): boolean => isHost(text) && text.includes('.')

const listOf = (text: string): string[] => [...new Set(text.split(',').map((part) => part.trim().toLowerCase()))]

const nameList = (isOne: (text: string) => boolean, message: string) =>
  z.string().transform((text, context): readonly string[] => {
    if (text.trim().toLowerCase() === 'none') return []
    const given = listOf(text)
    if (given.every(isOne)) return given
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

/** Names of hosts without ports, or `none`. An address has no subdomains. */
export const hostNames = nameList(isHost, 'must be names of hosts without ports, separated by commas, or none')

/** Domains, `*.example.org` for all below one, `*` for all, or `none`. */
export const domainPatterns = nameList(
  (part) => part === '*' || isDomain(part.replace(/^\*\./, '')),
  'must be domains such as example.org or *.example.org, separated by commas, or * or none',
)

/** `domain:/ipfs/…` or `domain:/ipns/…`, separated by commas. */
export const dnslinkMap = z.string().transform((text, context): ReadonlyMap<string, string> => {
  const map = new Map<string, string>()
  for (const part of text.split(',').map((one) => one.trim())) {
    const colon = part.indexOf(':')
    const domain = part.slice(0, Math.max(colon, 0)).toLowerCase()
    const path = part.slice(colon + 1)
    if (isDomain(domain) && CONTENT_PATH.test(path) && !map.has(domain)) {
      map.set(domain, path)
      continue
    }
    context.addIssue({ code: 'custom', message: 'must be pairs such as example.org:/ipfs/CID, each domain once' })
    return z.NEVER
  }
  return map
})

export type NameServer = { address: string; port: number }

const nameServerOf = (text: string): NameServer | undefined => {
  const [, bracketed, plain, port = '53'] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const address = bracketed ?? plain ?? text
  const number = isIP(text) === 6 ? 53 : Number(port)
  return isIP(address) === 0 || number < 1 || number > 65_535 ? undefined : { address, port: number }
}

/** Addresses of name servers with or without ports; `system` is those of the machine, `none` asks nobody. */
export const nameServers = z.string().transform((text, context): 'system' | readonly NameServer[] => {
  const word = text.trim().toLowerCase()
  if (word === 'system') return word
  if (word === 'none') return []
  const servers = listOf(text).map(nameServerOf)
  if (servers.every((server) => server !== undefined)) return servers
  context.addIssue({
    code: 'custom',
    message: 'must be addresses such as 192.0.2.53 or [2001:db8::53]:5353, system or none',
  })
  return z.NEVER
})

/** Addresses of files, one after another. */
export const fileAddresses = z.string().transform((text, context): readonly string[] => {
  const addresses = text.split(',').map((one) => one.trim())
  for (const address of addresses) {
    const url = URL.canParse(address) ? new URL(address) : undefined
    const isGood = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
    if (isGood && url.hash === '') continue
    context.addIssue({ code: 'custom', message: 'must be http:// or https:// addresses without a user or a fragment' })
    return z.NEVER
  }
  return addresses
})
