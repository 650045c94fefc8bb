import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIPv6, type LookupFunction } from 'node:net'
import { ipv6Groups } from './ip-text.ts'
import { type OutgoingAnswer, outgoingAnswer } from './outgoing-answer.ts'
import { OutgoingRefused } from './outgoing-refused.ts'
import { type OutgoingTarget, readOutgoingUrl } from './outgoing-url.ts'
import { resolveBySystem, type ResolveName, resolveTarget } from './resolve-target.ts'

export type { OutgoingAnswer } from './outgoing-answer.ts'

export type OutgoingOptions = {
  /**
   * Whose word the address is. `user`: public addresses and the ports below alone. `operator`: from the settings, and may be a
   * private address on any port; everything else holds for it too.
   */
  steeredBy: 'user' | 'operator'
  /** For `user`. Default 80 and 443. */
  ports?: readonly number[]
  /** From the first look-up to the last byte of the answer. Default 30 s. */
  timeoutMs?: number
  /** Of the answer. Default 1 MiB. */
  maxBodyBytes?: number
  /** Authorities to believe besides none other: for networks with their own. Default: Node's. */
  ca?: string
  resolve?: ResolveName
}

export type OutgoingCall = {
  method?: string
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  signal?: AbortSignal
}

const PORTS: readonly number[] = [80, 443]
const TIMEOUT_MS = 30_000
const MAX_BODY_BYTES = 1024 * 1024
const MAX_HEADER_BYTES = 16 * 1024
/** Ours to say: they decide where a request goes and where it ends. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The one way out: every HTTP call to an address that somebody else chose goes through here (ADR 0107; a test says so). Names are
 * resolved here, every address is checked, and the checked ones are those that are dialled; no redirect is followed, no proxy of
 * the environment used, nothing decompressed, no connection kept; TLS is verified by the name.
 */
export class OutgoingCalls {
  readonly #options: Required<Omit<OutgoingOptions, 'ca'>> & Pick<OutgoingOptions, 'ca'>

  constructor(options: OutgoingOptions) {
    this.#options = {
      ports: PORTS,
      timeoutMs: TIMEOUT_MS,
      maxBodyBytes: MAX_BODY_BYTES,
      resolve: resolveBySystem,
      ...options,
    }
  }

  /** @throws OutgoingRefused; an error of Node's when the call fails; the signal's reason */
  async call(address: string, call: OutgoingCall = {}): Promise<OutgoingAnswer> {
    const { steeredBy, ports, timeoutMs, maxBodyBytes, resolve } = this.#options
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout])
    signal.throwIfAborted()
    const target = readOutgoingUrl(address)
    if (steeredBy === 'user' && !ports.includes(target.port))
      throw new OutgoingRefused('port', `Port ${target.port} may not be called.`)
    for (const name of Object.keys(call.headers ?? {}))
      if (OWN_HEADERS.has(name.toLowerCase()) || /^proxy-/i.test(name))
        throw new OutgoingRefused('header', `The header ${name} may not be set.`)
    const anyAddress = steeredBy === 'operator'
    const addresses = await orAborted(resolveTarget(target, { resolve, anyAddress }), signal)
    return outgoingAnswer(await this.#send(target, addresses, call, signal), maxBodyBytes)
  }

  #send(
    { url, host, isLiteral }: OutgoingTarget,
    addresses: readonly string[],
    call: OutgoingCall,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const isHttps = url.protocol === 'https:'
    const { ca } = this.#options
    return new Promise((resolve, reject) => {
      const options = {
        // A new one each time: no other call's connection, and no proxy that the environment names.
        agent: false,
        method: call.method ?? 'GET',
        headers: { 'user-agent': 'Holdfast', ...call.headers, 'accept-encoding': 'identity' },
        lookup: pinned(addresses),
        autoSelectFamily: true,
        maxHeaderSize: MAX_HEADER_BYTES,
        signal,
      }
      const tls = {
        ...(ca === undefined ? {} : { ca }),
        ...(isLiteral ? {} : { servername: host }),
        // Said here so that NODE_TLS_REJECT_UNAUTHORIZED cannot say otherwise.
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
      } as const
      const request = isHttps ? httpsRequest(url, { ...options, ...tls }) : httpRequest(url, options)
      request.on('socket', (socket) =>
        socket.once('connect', () => {
          if (!isPinned(socket.remoteAddress, addresses))
            socket.destroy(new OutgoingRefused('address', `${host} was not reached where it should be.`))
        }),
      )
      request.once('response', resolve)
      request.once('upgrade', (_, socket) => socket.destroy(new Error(`${host} answered by another protocol.`)))
      request.on('error', (error) => reject(signal.aborted ? signal.reason : error))
      request.end(call.body)
    })
  }
}

/** Answers Node's own look-up with what was checked, so that no second answer of a name server is ever dialled. */
const pinned =
  (addresses: readonly string[]): LookupFunction =>
  (_host, { all }, done) => {
    const entries = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
    if (all === true) done(null, entries)
    else done(null, entries[0]?.address ?? '', entries[0]?.family)
  }

const isPinned = (peer: string | undefined, addresses: readonly string[]): boolean =>
  peer !== undefined && addresses.some((address) => plain(address) === plain(peer))

/** One spelling; a dual-stack socket tells an IPv4 peer as a mapped address. */
const plain = (address: string): string =>
  ipv6Groups(address.replace(/^::ffff:(?=\d+\.)/i, ''))?.join(':') ?? address.replace(/^::ffff:/i, '')

const orAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ])
