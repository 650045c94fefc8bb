import type { OutgoingAnswer, OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import type { CID } from 'multiformats/cid'
import { matchesHash } from '../block-store/hash-block.ts'
import { DAG_LIMITS } from '../dag/dag-limits.ts'
import type { NamedSource } from './chain.ts'

export type TrustlessGatewayOptions = {
  /** Such as `https://gateway.example.org`. */
  origin: string
  /** The way out, which decides what addresses may be called. */
  outgoing: Pick<OutgoingCalls, 'call'>
  /** For the whole answer. Default 30 s. */
  timeoutMs?: number
}

const TIMEOUT_MS = 30_000
const MAX_REDIRECTS = 3

/**
 * Single blocks from another gateway: `GET /ipfs/{cid}?format=raw` (https://specs.ipfs.tech/http-gateways/trustless-gateway/). Nothing that it says is
 * believed: the bytes are hashed, and more than a block can have is not read.
 */
export class TrustlessGateway implements NamedSource {
  readonly name: string
  readonly #origin: URL
  readonly #outgoing: TrustlessGatewayOptions['outgoing']
  readonly #timeoutMs: number

  constructor({ origin, outgoing, timeoutMs = TIMEOUT_MS }: TrustlessGatewayOptions) {
    this.#outgoing = outgoing
    this.#origin = new URL(origin)
    this.#timeoutMs = timeoutMs
    this.name = this.#origin.origin
  }

  /**
   * `undefined` when the gateway does not have the block (404, 410).
   * @throws Error when it cannot be asked, answers something else, or sends wrong bytes
   */
  async get(cid: CID, options: { signal?: AbortSignal } = {}): Promise<Uint8Array | undefined> {
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
    const response = await this.#fetch(new URL(`/ipfs/${cid}?format=raw`, this.#origin), signal)
    if (response.status === 404 || response.status === 410) {
      response.cancel()
      return undefined
    }
    if (response.status !== 200) {
      response.cancel()
      throw new Error(`answered ${response.status}`)
    }
    const bytes = await readBlock(response)
    if (!matchesHash(cid.multihash, bytes)) throw new Error('sent bytes that are not the block')
    return bytes
  }

  // A gateway with subdomains sends us to one of its own; anybody else's host is none that was configured.
  async #fetch(url: URL, signal: AbortSignal): Promise<OutgoingAnswer> {
    for (let redirects = 0; ; redirects++) {
      const headers = { accept: 'application/vnd.ipld.raw' }
      const response = await this.#outgoing.call(url.href, { headers, signal })
      const { location } = response.headers
      if (response.status < 300 || response.status > 399 || location === undefined) return response
      response.cancel()
      url = new URL(location, url)
      if (redirects === MAX_REDIRECTS) throw new Error('redirects without end')
      if (!this.#isOwn(url)) throw new Error(`redirects to ${url.host}`)
    }
  }

  #isOwn({ protocol, hostname, port }: URL): boolean {
    const own = this.#origin
    const isOwnHost = hostname === own.hostname || hostname.endsWith(`.${own.hostname}`)
    return isOwnHost && protocol === own.protocol && port === own.port
  }
}

const readBlock = async (response: OutgoingAnswer): Promise<Uint8Array> => {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body()) {
    length += part.length
    if (length > DAG_LIMITS.maxBlockBytes) throw new Error('sent more than a block can have')
    parts.push(part)
  }
  return Buffer.concat(parts, length)
}
