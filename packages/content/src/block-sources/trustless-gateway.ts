import type { CID } from 'multiformats/cid'
import { matchesHash } from '../block-store/hash-block.ts'
import { DAG_LIMITS } from '../dag/dag-limits.ts'
import type { NamedSource } from './chain.ts'

export type TrustlessGatewayOptions = {
  /** Such as `https://gateway.example.org`. Whoever configures it vouches for the address; it may be a private one. */
  origin: string
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
  readonly #timeoutMs: number

  constructor({ origin, timeoutMs = TIMEOUT_MS }: TrustlessGatewayOptions) {
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
      await response.body?.cancel()
      return undefined
    }
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new Error(`answered ${response.status}`)
    }
    const bytes = await readBlock(response)
    if (!matchesHash(cid.multihash, bytes)) throw new Error('sent bytes that are not the block')
    return bytes
  }

  // A gateway with subdomains sends us to one of its own; anybody else's host is none that was configured.
  async #fetch(url: URL, signal: AbortSignal): Promise<Response> {
    for (let redirects = 0; ; redirects++) {
      const response = await fetch(url, {
        redirect: 'manual',
        signal,
        headers: { accept: 'application/vnd.ipld.raw' },
      })
      const location = response.headers.get('location')
      if (response.status < 300 || response.status > 399 || location === null) return response
      await response.body?.cancel()
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

const readBlock = async (response: Response): Promise<Uint8Array> => {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > DAG_LIMITS.maxBlockBytes) throw new Error('sent more than a block can have')
    parts.push(part)
  }
  return Buffer.concat(parts, length)
}
