import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { CallClock } from './call-clock.ts'
import { brokenCall, KuboError, kuboSays } from './kubo-error.ts'
import { multipartBody } from './multipart-body.ts'
import { splitLines } from './split-lines.ts'

export type KuboRpcOptions = {
  /** Such as `http://127.0.0.1:5001`. */
  url: string
  /** As Kubo's `API.Authorizations` has it: a token, `bearer:<token>` or `basic:<user>:<password>`. */
  token: string | null
}

export type KuboCall = {
  /**
   * After which Kubo itself gives up: it never does otherwise, and a call that hangs can hold up others (garbage, then pins). Our own clock ends it
   * some time later, at most `GRACE_MS`. Required.
   */
  timeoutMs: number
  /** The longest silence, in either direction. Default: none but `timeoutMs`. */
  idleMs?: number
  args?: readonly string[]
  options?: Readonly<Record<string, string | number | boolean>>
  /** Files that are sent, each in a part of its own. */
  files?: readonly AsyncIterable<Uint8Array>[]
  signal?: AbortSignal
}

const GRACE_MS = 5_000
const MAX_JSON_BYTES = 16 * 1024 * 1024
const MAX_ERROR_BYTES = 64 * 1024
/** Of connections that wait for a next call. */
const MAX_IDLE_SOCKETS = 16
/** Never sent twice by us, and so never on a connection that may have ended unseen. */
const CHANGES: ReadonlySet<string> = new Set(['dag/import', 'pin/add', 'pin/rm', 'repo/gc', 'routing/put'])

/**
 * Kubo's RPC (https://docs.ipfs.tech/reference/kubo/rpc/) over node:http, because it tells of failures in a trailer after a 200: `fetch` cannot
 * read trailers, and takes what broke off for the whole.
 */
export class KuboRpc {
  readonly #url: URL
  readonly #authorization: string | null
  readonly #secrets: readonly string[]
  readonly #agent: HttpAgent
  readonly #request: typeof httpRequest

  constructor({ url, token }: KuboRpcOptions) {
    this.#url = new URL(url)
    const isTls = this.#url.protocol === 'https:'
    this.#agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true, maxFreeSockets: MAX_IDLE_SOCKETS })
    this.#request = isTls ? httpsRequest : httpRequest
    this.#authorization = token === null ? null : authorizationOf(token)
    this.#secrets = token === null ? [] : secretsOf(token, authorizationOf(token))
  }

  /** Without credentials, and without connections of its own: what a stranger would be told. */
  asStranger(): KuboRpc {
    return new KuboRpc({ url: this.#url.origin, token: null })
  }

  /** The whole answer of a command that gives one value. @throws KuboError; the signal's reason */
  async json(command: string, call: KuboCall): Promise<unknown> {
    const parts: Uint8Array[] = []
    let length = 0
    for await (const part of this.bytes(command, call)) {
      length += part.length
      if (length > MAX_JSON_BYTES) throw new KuboError('strange', 'the answer is too long')
      parts.push(part)
    }
    return parseJson(Buffer.concat(parts, length).toString())
  }

  /** Of a command that gives a value a line, as they come. @throws KuboError also after the last of them, when it broke off; the signal's reason */
  async *lines(command: string, call: KuboCall): AsyncGenerator<unknown, void, undefined> {
    for await (const line of splitLines(this.bytes(command, call))) yield parseJson(line)
  }

  /** The answer's bytes. Ends only when all of it came and no trailer says otherwise. @throws KuboError; the signal's reason */
  async *bytes(command: string, call: KuboCall): AsyncGenerator<Uint8Array, void, undefined> {
    call.signal?.throwIfAborted()
    using clock = new CallClock({ ...call, deadlineMs: call.timeoutMs + Math.min(call.timeoutMs, GRACE_MS) })
    let message: IncomingMessage | undefined
    try {
      message = await this.#send(command, call, clock)
      if (message.statusCode !== 200) throw await refusalOf(message, this.#secrets)
      for await (const part of message as AsyncIterable<Uint8Array>) {
        clock.touch()
        yield part
        clock.touch()
      }
      const failure = message.trailers['x-stream-error']
      if (failure !== undefined) throw kuboSays(withoutSecrets(failure, this.#secrets))
      if (!message.complete) throw new KuboError('unreachable', 'the answer broke off')
    } catch (error) {
      call.signal?.throwIfAborted()
      if (error instanceof FilesFailed) throw error.cause
      throw clock.isOver ? new KuboError('timeout', clock.isOver) : brokenCall(error)
    } finally {
      // Kubo takes a connection that closes for a cancelled call.
      if (message?.complete !== true) message?.destroy()
    }
  }

  stop(): void {
    this.#agent.destroy()
  }

  async #send(command: string, call: KuboCall, clock: CallClock): Promise<IncomingMessage> {
    try {
      return await this.#sendOnce(command, call, clock)
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error
      // Kubo had ended this idle connection, as by a restart: the call did not reach it.
      return this.#sendOnce(command, call, clock)
    }
  }

  #sendOnce(command: string, call: KuboCall, clock: CallClock): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const body = call.files === undefined ? null : multipartBody(call.files)
    const request = this.#request(addressOf(this.#url, command, call), {
      method: 'POST',
      agent: CHANGES.has(command) ? false : this.#agent,
      headers: {
        ...(this.#authorization === null ? {} : { authorization: this.#authorization }),
        ...(body === null ? { 'content-length': '0' } : { 'content-type': body.type }),
      },
      signal: clock.signal,
    })
    request.once('response', resolve)
    request.on('error', (error) => reject(isStale(request, error) ? new StaleConnection() : error))
    if (body === null) request.end()
    else
      body.write(request, clock).catch((error: unknown) => {
        reject(new FilesFailed(error))
        request.destroy()
      })
    return promise
  }
}

class StaleConnection extends Error {}

/** A file could not be read: that is its own error, not the node's. */
class FilesFailed extends Error {
  override readonly cause: unknown

  constructor(cause: unknown) {
    super('a file could not be read')
    this.cause = cause
  }
}

const isStale = (request: ClientRequest, error: Error & { code?: string }): boolean =>
  request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')

const addressOf = (url: URL, command: string, { args = [], options = {}, timeoutMs }: KuboCall): URL => {
  const address = new URL(`/api/v0/${command}`, url)
  for (const argument of args) address.searchParams.append('arg', argument)
  for (const [name, value] of Object.entries(options)) address.searchParams.set(name, String(value))
  address.searchParams.set('timeout', `${Math.ceil(timeoutMs)}ms`)
  return address
}

const authorizationOf = (token: string): string => {
  if (token.startsWith('basic:')) return `Basic ${Buffer.from(token.slice('basic:'.length)).toString('base64')}`
  return `Bearer ${token.startsWith('bearer:') ? token.slice('bearer:'.length) : token}`
}

/** What is shorter is a word that Kubo may say for itself. */
const MIN_SECRET = 8

/** In each of the ways that a proxy in front could repeat them. */
const secretsOf = (token: string, authorization: string): string[] => {
  const written = token.startsWith('basic:') ? token.slice(token.indexOf(':', 'basic:'.length) + 1) : ''
  return [authorization.slice(authorization.indexOf(' ') + 1), written].filter(({ length }) => length >= MIN_SECRET)
}

const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text)

const refusalOf = async (message: IncomingMessage, secrets: readonly string[]): Promise<KuboError> => {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of message as AsyncIterable<Uint8Array>) {
    length += part.length
    parts.push(part)
    if (length > MAX_ERROR_BYTES) break
  }
  const text = Buffer.concat(parts).toString()
  if (message.statusCode === 401 || message.statusCode === 403)
    return new KuboError('denied', 'the credentials are refused')
  if (message.statusCode === 500) return kuboSays(withoutSecrets(text, secrets))
  return new KuboError('strange', `answered ${message.statusCode}`)
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new KuboError('strange', 'the answer is no JSON', { cause: error })
  }
}
