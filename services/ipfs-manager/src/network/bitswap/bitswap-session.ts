import type { PeerId } from '@libp2p/interface'
import type { CID } from 'multiformats/cid'
import { type Bitswap, type BitswapListener, multihashKey } from './bitswap.ts'
import type { Presence } from './message.ts'

export type BitswapSessionDeps = {
  bitswap: Pick<Bitswap, 'listen' | 'tell'>
  /** Told when a peer sends its first block. */
  onSender?: (peer: string) => void
}

/** Who was asked for a block, and what is known of it. */
type Want = {
  cid: CID
  /** Asked whether they have it. */
  asked: Set<string>
  /** Said that they have it. */
  holders: Set<string>
  /** Said that they do not. */
  passed: Set<string>
  /** Did not send it in time; asked again when nobody else is left. */
  slow: Set<string>
  /** Who is to send it, and since when. */
  from: { peer: string; since: number } | undefined
  arrived: PromiseWithResolvers<Uint8Array>
}

type SessionPeer = { id: PeerId; open: number; sent: number }

/** A peer that does not send a block within this long is passed over, and another asked. */
const PATIENCE_MS = 5_000
const LOOK_MS = 500
/** Who had nothing may have got it since. */
const ASK_AGAIN_MS = 10_000

/**
 * Asks a group of peers for blocks that belong together: one of them for each block, those first that have sent before and have the least to do; all of
 * them whether they have it, when nobody is known to.
 */
export class BitswapSession implements BitswapListener {
  readonly #deps: BitswapSessionDeps
  readonly #peers = new Map<string, SessionPeer>()
  readonly #wants = new Map<string, Want>()
  readonly #unlisten: () => void
  readonly #looking: NodeJS.Timeout
  #askedAgainAt = performance.now()

  constructor(deps: BitswapSessionDeps) {
    this.#deps = deps
    this.#unlisten = deps.bitswap.listen(this)
    this.#looking = setInterval(() => this.#look(), LOOK_MS).unref()
  }

  /** Whether anybody is there to be asked. */
  get peers(): number {
    return this.#peers.size
  }

  addPeer(id: PeerId): void {
    const peer = id.toString()
    if (this.#peers.has(peer)) return
    this.#peers.set(peer, { id, open: 0, sent: 0 })
    for (const want of this.#wants.values()) if (want.from === undefined) this.#ask(want)
  }

  /** Resolves with a block's bytes, which have its hash; never, while nobody sends it. @throws the signal's reason */
  async get(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted()
    const key = multihashKey(cid)
    const want = this.#wants.get(key) ?? this.#want(key, cid)
    const onAbort = (): void => {
      if (this.#wants.get(key) !== want) return
      this.#drop(key, want)
      want.arrived.reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await want.arrived.promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Takes back what is still wanted, and asks nobody any more. */
  close(): void {
    clearInterval(this.#looking)
    for (const [key, want] of this.#wants) this.#drop(key, want)
    this.#unlisten()
  }

  expects(peer: string): boolean {
    return this.#peers.has(peer)
  }

  presence(peer: string, { cid, isHeld }: Presence): void {
    const want = this.#wants.get(multihashKey(cid))
    if (want === undefined || !this.#peers.has(peer)) return
    if (isHeld) want.holders.add(peer)
    else {
      want.passed.add(peer)
      want.holders.delete(peer)
      if (want.from?.peer === peer) this.#release(want)
    }
    if (want.from === undefined) this.#ask(want)
  }

  block(peer: string, key: string, bytes: Uint8Array): void {
    const want = this.#wants.get(key)
    if (want === undefined) return
    const sender = this.#peers.get(peer)
    if (sender !== undefined && ++sender.sent === 1) this.#deps.onSender?.(peer)
    this.#drop(key, want, peer)
    want.arrived.resolve(bytes)
  }

  gone(peer: string): void {
    if (!this.#peers.delete(peer)) return
    for (const want of this.#wants.values()) {
      want.asked.delete(peer)
      want.holders.delete(peer)
      if (want.from?.peer !== peer) continue
      want.from = undefined
      this.#ask(want)
    }
  }

  #want(key: string, cid: CID): Want {
    const want: Want = {
      cid,
      asked: new Set(),
      holders: new Set(),
      passed: new Set(),
      slow: new Set(),
      from: undefined,
      arrived: Promise.withResolvers<Uint8Array>(),
    }
    this.#wants.set(key, want)
    this.#ask(want)
    return want
  }

  /** One of those who should have it sends it; else everybody is asked who was not. */
  #ask(want: Want): void {
    const best = [...this.#peers.entries()]
      .filter(([peer, { sent }]) => (sent > 0 || want.holders.has(peer)) && !want.passed.has(peer))
      .sort(([one, { open }], [other, { open: others }]) => {
        return Number(want.slow.has(one)) - Number(want.slow.has(other)) || open - others
      })[0]
    if (best !== undefined) {
      const [peer, known] = best
      known.open++
      want.asked.add(peer)
      want.from = { peer, since: performance.now() }
      this.#deps.bitswap.tell(known.id, { cid: want.cid, kind: 'block', sendDontHave: true })
      return
    }
    for (const [peer, { id }] of this.#peers) {
      if (want.asked.has(peer)) continue
      want.asked.add(peer)
      this.#deps.bitswap.tell(id, { cid: want.cid, kind: 'have', sendDontHave: true })
    }
  }

  #release(want: Want): void {
    const sender = want.from === undefined ? undefined : this.#peers.get(want.from.peer)
    if (sender !== undefined) sender.open--
    want.from = undefined
  }

  /** It came, or nobody wants it any more: everybody who was asked is told. */
  #drop(key: string, want: Want, sender?: string): void {
    this.#wants.delete(key)
    this.#release(want)
    for (const peer of want.asked) {
      const known = this.#peers.get(peer)
      if (known !== undefined && peer !== sender)
        this.#deps.bitswap.tell(known.id, { cid: want.cid, kind: 'cancel', sendDontHave: false })
    }
  }

  #look(): void {
    const now = performance.now()
    const askAgain = now - this.#askedAgainAt > ASK_AGAIN_MS
    if (askAgain) this.#askedAgainAt = now
    for (const want of this.#wants.values()) {
      if (askAgain) {
        want.passed.clear()
        if (want.from === undefined) want.asked.clear()
      }
      if (want.from !== undefined && now - want.from.since > PATIENCE_MS) {
        want.slow.add(want.from.peer)
        this.#release(want)
      }
      if (want.from === undefined) this.#ask(want)
    }
  }
}
