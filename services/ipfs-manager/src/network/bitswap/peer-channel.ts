import type { CID } from 'multiformats/cid'
import { encodeMessage, type OutgoingMessage, type Presence, type WantEntry } from './message.ts'

/** What peers are served from. */
export type ServedBlocks = {
  /** By the index as it is now; `undefined` when the block is not served. */
  sizeOf(cid: CID): number | undefined
  /** Verified bytes; `undefined` when it is not served any more, or not what it should be. */
  get(cid: CID): Promise<Uint8Array | undefined>
}

export type PeerChannelDeps = {
  blocks: ServedBlocks
  /** Sends one message, with its length before it, and resolves when it has left; rejects when the peer does not take it in time. */
  send(message: Uint8Array): Promise<void>
  /** Waits until few enough messages are under way; what it gives back ends the turn. */
  turn(): Promise<() => void>
  onSent(bytes: number): void
}

/** Blocks that one peer may have asked for and not been sent; a peer asks for more as they come. */
export const MAX_WANTS = 1_024
/** A message is closed when it has more than this; its last block may be of 2 MiB. */
const MESSAGE_BYTES = 512 * 1024
const MAX_ENTRIES = 256

type Answer = { cid: CID; kind: 'block' | 'have' | 'absent'; sendDontHave: boolean }

const keyOf = (cid: CID): string => Buffer.from(cid.multihash.bytes).toString('latin1')

const takeSome = <T>(from: Map<string, T>, most: number): T[] => {
  const taken: T[] = []
  for (const [key, value] of from) {
    if (taken.length === most) break
    from.delete(key)
    taken.push(value)
  }
  return taken
}

/**
 * What is to be said to one peer: our wants, and answers to its own. One message at a time, a block read only when the message before has left: a peer
 * that asks for everything and reads nothing costs one message of memory.
 */
export class PeerChannel {
  readonly #deps: PeerChannelDeps
  readonly #wants = new Map<string, WantEntry>()
  readonly #answers = new Map<string, Answer>()
  #isPumping = false
  #isClosed = false

  constructor(deps: PeerChannelDeps) {
    this.#deps = deps
  }

  /** Tells the peer what is wanted of it, or not any more; the last word on a block counts. */
  want(entry: WantEntry): void {
    this.#wants.set(keyOf(entry.cid), entry)
    this.#start()
  }

  /** Takes its want list; what it asks beyond `MAX_WANTS` at a time is left out. */
  asked(wants: readonly WantEntry[], isFull: boolean): void {
    if (isFull) this.#answers.clear()
    for (const { cid, kind, sendDontHave } of wants) {
      const key = keyOf(cid)
      if (kind === 'cancel') this.#answers.delete(key)
      else if (this.#deps.blocks.sizeOf(cid) !== undefined) this.#answer(key, { cid, kind, sendDontHave })
      else if (sendDontHave) this.#answer(key, { cid, kind: 'absent', sendDontHave })
    }
    this.#start()
  }

  #answer(key: string, answer: Answer): void {
    const known = this.#answers.get(key)
    if (known === undefined ? this.#answers.size < MAX_WANTS : known.kind !== 'block') this.#answers.set(key, answer)
  }

  /** Nothing more is said. */
  close(): void {
    this.#isClosed = true
    this.#wants.clear()
    this.#answers.clear()
  }

  #start(): void {
    if (this.#isPumping || this.#isClosed) return
    this.#isPumping = true
    // What is said in the same turn of the event loop goes into one message.
    setImmediate(() => void this.#pump())
  }

  async #pump(): Promise<void> {
    try {
      await this.#sendAll()
    } catch {
      this.close()
    }
    this.#isPumping = false
    if (this.#wants.size + this.#answers.size > 0) this.#start()
  }

  async #sendAll(): Promise<void> {
    while (!this.#isClosed && this.#wants.size + this.#answers.size > 0) {
      const end = await this.#deps.turn()
      try {
        const message = await this.#nextMessage()
        if (message.wants.length + message.blocks.length + message.presences.length === 0) continue
        await this.#deps.send(encodeMessage(message))
        this.#deps.onSent(message.blocks.reduce((sum, { data }) => sum + data.length, 0))
      } finally {
        end()
      }
    }
  }

  async #nextMessage(): Promise<OutgoingMessage> {
    const wants = takeSome(this.#wants, MAX_ENTRIES)
    const [blocks, presences]: [{ cid: CID; data: Uint8Array }[], Presence[]] = [[], []]
    for (let bytes = 0; bytes < MESSAGE_BYTES && blocks.length + presences.length < MAX_ENTRIES; ) {
      const [answer] = takeSome(this.#answers, 1)
      if (answer === undefined) break
      const { cid, kind, sendDontHave } = answer
      if (kind !== 'block') {
        presences.push({ cid, isHeld: kind === 'have' })
        continue
      }
      const data = await this.#deps.blocks.get(cid)
      if (data !== undefined) blocks.push({ cid, data })
      else if (sendDontHave) presences.push({ cid, isHeld: false })
      bytes += data?.length ?? 0
    }
    return { wants, blocks, presences }
  }
}
