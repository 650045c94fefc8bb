import { hash } from 'node:crypto'
import { ProtobufReader } from '@packages/content/unixfs/protobuf-reader'
import type { Connection, Libp2p, PeerId, Stream } from '@libp2p/interface'
import type { CID } from 'multiformats/cid'
import { decodeMessage, type Presence, type ReceivedBlock, type WantEntry } from './message.ts'
import { MAX_WANTS, PeerChannel, type ServedBlocks } from './peer-channel.ts'
import { FrameError, readFrames } from './read-frames.ts'

export const BITSWAP_PROTOCOL = '/ipfs/bitswap/1.2.0'

/** Who asks others for blocks, and hears what they say. */
export type BitswapListener = {
  /** Whether blocks are expected of this peer: only then it may send long messages. */
  expects(peer: string): boolean
  presence(peer: string, presence: Presence): void
  /** A block with the multihash that its bytes have. */
  block(peer: string, multihash: string, bytes: Uint8Array): void
  gone(peer: string): void
}

export type BitswapDeps = {
  libp2p: Pick<Libp2p, 'handle' | 'unhandle' | 'register' | 'unregister' | 'getConnections' | 'dialProtocol'>
  blocks: ServedBlocks
}

/** A want list of `MAX_WANTS` lines has less. */
const MAX_LIST_BYTES = 128 * 1024
/** A block has 2 MiB at most, and Kubo sends several up to this. */
const MAX_BLOCKS_BYTES = 4 * 1024 * 1024
/** Streams of one peer that are read at the same time: Kubo opens one for each message, and loses what is refused. */
const MAX_STREAMS = 32
/** All messages that are on their way to us, as long as they say that they are. */
const MAX_CLAIMED_BYTES = 128 * 1024 * 1024
/** Messages with blocks that are under way at the same time, to all peers. */
const MAX_SENDING = 16
const SEND_MS = 30_000

const HASHES = new Map<number, string>([
  [0x12, 'sha256'],
  [0x13, 'sha512'],
])

/** The key by which blocks are compared: the multihash. */
export const multihashKey = (cid: CID): string => Buffer.from(cid.multihash.bytes).toString('latin1')

/** The multihash of what came, computed from its bytes; `undefined` for a hash that we do not compute. */
const multihashOf = ({ prefix, data }: ReceivedBlock): string | undefined => {
  try {
    const reader = new ProtobufReader(prefix)
    const numbers = [0, 1, 2, 3].map(() => reader.varint())
    const [, , code = -1, size] = numbers
    const algorithm = HASHES.get(code)
    if (algorithm === undefined) return undefined
    const digest = hash(algorithm, data, 'buffer')
    if (digest.length !== size) return undefined
    return Buffer.concat([Buffer.of(code, size), digest]).toString('latin1')
  } catch {
    return undefined
  }
}

/** Bitswap 1.2 (https://specs.ipfs.tech/bitswap-protocol/) over libp2p: serves blocks, and carries what `BitswapListener`s ask others for. */
export class Bitswap {
  readonly #deps: BitswapDeps
  readonly #channels = new Map<string, PeerChannel>()
  readonly #listeners = new Set<BitswapListener>()
  readonly #waiting: (() => void)[] = []
  readonly #closing = new AbortController()
  #sending = 0
  #topology: string | undefined
  #sentBytes = 0
  #claimed = 0

  constructor(deps: BitswapDeps) {
    this.#deps = deps
  }

  /** Bytes of blocks that were sent since the start. */
  get sentBytes(): number {
    return this.#sentBytes
  }

  async start(): Promise<void> {
    const { libp2p } = this.#deps
    await libp2p.handle(BITSWAP_PROTOCOL, (stream, connection) => void this.#read(stream, connection), {
      maxInboundStreams: MAX_STREAMS,
    })
    this.#topology = await libp2p.register(BITSWAP_PROTOCOL, { onDisconnect: (peer) => this.#gone(peer.toString()) })
  }

  async stop(): Promise<void> {
    this.#closing.abort()
    for (const channel of this.#channels.values()) channel.close()
    if (this.#topology !== undefined) this.#deps.libp2p.unregister(this.#topology)
    await this.#deps.libp2p.unhandle(BITSWAP_PROTOCOL)
  }

  listen(listener: BitswapListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Tells a peer what is wanted of it. */
  tell(peer: PeerId, want: WantEntry): void {
    this.#channel(peer).want(want)
  }

  #channel(peer: PeerId): PeerChannel {
    const id = peer.toString()
    const known = this.#channels.get(id)
    if (known !== undefined) return known
    const channel = new PeerChannel({
      blocks: this.#deps.blocks,
      send: (message) => this.#send(peer, message),
      turn: () => this.#turn(),
      onSent: (bytes) => {
        this.#sentBytes += bytes
      },
    })
    this.#channels.set(id, channel)
    return channel
  }

  #gone(id: string): void {
    this.#channels.get(id)?.close()
    this.#channels.delete(id)
    for (const listener of this.#listeners) listener.gone(id)
  }

  async #read(stream: Stream, connection: Connection): Promise<void> {
    const id = connection.remotePeer.toString()
    let claimed = 0
    const claim = (bytes: number): void => {
      this.#claimed += bytes - claimed
      claimed = bytes
      const expected = [...this.#listeners].some((listener) => listener.expects(id))
      if (bytes > (expected ? MAX_BLOCKS_BYTES : MAX_LIST_BYTES) || this.#claimed > MAX_CLAIMED_BYTES)
        throw new FrameError('a message is too long')
    }
    try {
      for await (const frame of readFrames(stream, claim)) this.#take(connection.remotePeer, frame)
      await stream.close()
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    } finally {
      this.#claimed -= claimed
    }
  }

  #take(peer: PeerId, frame: Uint8Array): void {
    const id = peer.toString()
    const { wants, isFull, presences, blocks } = decodeMessage(frame, MAX_WANTS)
    if (wants.length > 0 || isFull) this.#channel(peer).asked(wants, isFull)
    if (this.#listeners.size === 0) return
    for (const presence of presences) for (const listener of this.#listeners) listener.presence(id, presence)
    for (const block of blocks) {
      const key = multihashOf(block)
      if (key !== undefined) for (const listener of this.#listeners) listener.block(id, key, block.data)
    }
  }

  async #send(peer: PeerId, message: Uint8Array): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(SEND_MS)])
    const stream = await this.#open(peer, signal)
    try {
      // Nothing comes back on it, and a stream is gone only when both sides are closed.
      await stream.closeRead({ signal })
      if (!stream.send(message)) await stream.onDrain({ signal })
      await stream.close({ signal })
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
      // It may be back at once, and asks anew.
      this.#channels.delete(peer.toString())
      throw error
    }
  }

  // An answer goes over the connection that is there; nobody is dialled to be answered.
  async #open(peer: PeerId, signal: AbortSignal): Promise<Stream> {
    const connection = this.#deps.libp2p.getConnections(peer).find(({ status }) => status === 'open')
    if (connection === undefined) throw new Error('the peer is gone')
    return connection.newStream(BITSWAP_PROTOCOL, { signal })
  }

  async #turn(): Promise<() => void> {
    if (this.#sending >= MAX_SENDING) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#sending++
    return () => {
      const next = this.#waiting.shift()
      if (next === undefined) this.#sending--
      else next()
    }
  }
}
