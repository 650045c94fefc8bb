import { HoldfastError } from '@packages/shared/holdfast-error'
import type { OpenGateway } from '@packages/shared/open-gateway'
import { Networks } from './networks.ts'

/** Who asks, as far as gateways decide by it. */
export type Visitor = Readonly<{
  address: string
  /** That was asked for, in lower case and without its port. */
  host: string
  /** Host of the page that the request comes from; null where none is told. */
  referrer: string | null
  /** SHA-256 of the token that was shown, in hex; null without one. */
  token: string | null
}>

/** Pure: `*.example.org` is every host below one. */
const matches = (host: string, pattern: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern

const isAmong = (host: string | null, patterns: readonly string[]): boolean =>
  patterns.length === 0 || (host !== null && patterns.some((pattern) => matches(host, pattern)))

let made = 0

/** A gateway of an organization, made ready once for all requests that come through it. */
export class Gate {
  readonly settings: OpenGateway
  /** Of this state of it: what was answered through an earlier one is not found by it. */
  readonly version = `gate ${++made}`
  /** Its answers are for who may read through it, and for no shared cache. */
  readonly isRestricted: boolean
  /** Who comes is counted, and so has to come here. */
  readonly isCounted: boolean
  readonly #tokens: ReadonlySet<string>
  readonly #networks: Networks

  constructor(settings: OpenGateway) {
    this.settings = settings
    this.#tokens = new Set(settings.tokens)
    this.#networks = new Networks(settings.addresses)
    const { tokenRequired, addresses, hosts, referrers, requestsPerMinute, bytesPerMinute } = settings
    this.isCounted = requestsPerMinute !== null || bytesPerMinute !== null
    this.isRestricted = tokenRequired || [addresses, hosts, referrers].some((list) => list.length > 0)
  }

  /** All that it asks for has to be there. @throws HoldfastError `not_found` when it is closed; `forbidden`, `invalid_token` */
  check({ address, host, referrer, token }: Visitor): void {
    const { closed, addresses, hosts, referrers, tokenRequired } = this.settings
    if (closed === true) throw new HoldfastError('not_found')
    if (addresses.length > 0 && !this.#networks.has(address)) throw refused('this address')
    if (!isAmong(host, hosts)) throw refused('this host')
    if (!isAmong(referrer, referrers)) throw refused('the page that this comes from')
    if (!tokenRequired) return
    // Both sides are hashes, so that time tells nothing of a token.
    if (token === null || !this.#tokens.has(token))
      throw new HoldfastError('invalid_token', {
        detail: 'This gateway asks for one of its tokens.',
        headers: { 'WWW-Authenticate': 'Bearer' },
      })
  }
}

const refused = (what: string): HoldfastError =>
  new HoldfastError('forbidden', { detail: `This gateway is not open to ${what}.` })
