import { type BlockKey, blockKey } from '@packages/content/block-store/block-key'
import type { NetworkBlocks, NetworkSession } from '@packages/content/block-sources/network-blocks'
import { withSignal } from '@packages/content/block-sources/with-signal'
import { canonicalCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'

type Fetch = { bytes: Promise<Uint8Array | null>; waiting: number; giveUp: AbortController }
type OpenRoot = { session: Promise<NetworkSession | null>; users: number; fetches: Map<BlockKey, Fetch> }

/** What one of those who read below a root has of it. */
export type RootFetches = {
  /** A block as soon as somebody gives it; null when the network cannot be reached. @throws the signal's reason; what the session throws */
  get(cid: CID, signal: AbortSignal): Promise<Uint8Array | null>
  /** As for a block that nobody has, and asks nobody: null when the network cannot be reached. @throws as `get` */
  wait(signal: AbortSignal): Promise<null>
  /** Wants nothing more. Idempotent. */
  release(): void
}

/**
 * Who reads below the same root at the same time asks the network once: one session for each root, one question for each block. A block is wanted for as
 * long as somebody waits for it, and a session stands for as long as somebody reads below its root.
 */
export class SharedFetches {
  readonly #network: Pick<NetworkBlocks, 'open'>
  readonly #open = new Map<string, OpenRoot>()

  constructor(network: Pick<NetworkBlocks, 'open'>) {
    this.#network = network
  }

  /** Blocks that are wanted of the network now. */
  get wanted(): number {
    return [...this.#open.values()].reduce((sum, { fetches }) => sum + fetches.size, 0)
  }

  use(root: CID): RootFetches {
    const key = canonicalCid(root)
    const open = this.#open.get(key) ?? { session: this.#network.open(root), users: 0, fetches: new Map() }
    open.session.catch(() => undefined)
    this.#open.set(key, open)
    open.users++
    let isReleased = false
    return {
      get: (cid, signal) => get(open, cid, signal),
      wait: async (signal) => {
        const session = await withSignal(open.session, signal)
        return session === null ? null : withSignal(new Promise<never>(() => undefined), signal)
      },
      release: () => {
        if (isReleased) return
        isReleased = true
        open.users--
        if (open.users === 0) this.#end(key, open)
      },
    }
  }

  #end(key: string, { session, fetches }: OpenRoot): void {
    this.#open.delete(key)
    for (const { giveUp } of fetches.values()) giveUp.abort()
    session.then(
      (opened) => opened?.close(),
      () => undefined,
    )
  }
}

const get = async (open: OpenRoot, cid: CID, signal: AbortSignal): Promise<Uint8Array | null> => {
  signal.throwIfAborted()
  const key = blockKey(cid)
  const asked = open.fetches.get(key) ?? begin(open, key, cid)
  asked.waiting++
  try {
    return await withSignal(asked.bytes, signal)
  } finally {
    asked.waiting--
    if (asked.waiting === 0) {
      asked.giveUp.abort()
      forget(open, key, asked)
    }
  }
}

const begin = (open: OpenRoot, key: BlockKey, cid: CID): Fetch => {
  const giveUp = new AbortController()
  const bytes = open.session.then((session) => (session === null ? null : session.get(cid, giveUp.signal)))
  const asked: Fetch = { bytes, waiting: 0, giveUp }
  open.fetches.set(key, asked)
  const ended = (): void => forget(open, key, asked)
  bytes.then(ended, ended)
  return asked
}

const forget = ({ fetches }: OpenRoot, key: BlockKey, asked: Fetch): void => {
  if (fetches.get(key) === asked) fetches.delete(key)
}
