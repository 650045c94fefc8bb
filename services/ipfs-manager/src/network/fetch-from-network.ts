import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Libp2p } from '@libp2p/interface'
import { BackendError, type EnsureOptions, type TriedProvider, type WantedRoot } from '../pin-backend.ts'
import type { Bitswap } from './bitswap/bitswap.ts'
import { BitswapSession } from './bitswap/bitswap-session.ts'
import { fetchDag } from './fetch-dag.ts'
import { FetchParts, type FetchPartsDeps } from './fetch-parts.ts'
import { searchPeers } from './peer-search.ts'

export type NetworkFetchDeps = {
  store: Pick<BlockStore, 'holds'> & FetchPartsDeps['store']
  libp2p: Libp2p
  bitswap: Bitswap
  dialsPrivate: boolean
  /** Nobody is asked who has it: the network is nobody but those who connect. */
  isAlone: boolean
}

const TELL_MS = 500

/**
 * Fetches a root and all below it from peers, by one Bitswap session: `origins` and whoever is connected at once, whoever the routing names as they are found.
 * @throws BackendError `no_providers` when no block came for `stallMs`, `stalled` when no more did, `limit_time` and what `fetchDag` throws; the signal's reason
 */
export const fetchFromNetwork = async (
  deps: NetworkFetchDeps,
  root: Pick<WantedRoot, 'contentId' | 'cid'>,
  origins: readonly string[],
  { limits, onProgress, signal }: EnsureOptions,
): Promise<void> => {
  signal.throwIfAborted()
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  const progress = { blocks: 0, bytes: 0 }
  let providers: TriedProvider[] = []
  let told = ''
  const tell = (): void => {
    const phase = progress.blocks === 0 ? 'searching' : 'fetching'
    const now = `${phase} ${progress.bytes}`
    if (now === told && providers.length === 0) return
    told = now
    onProgress?.({ phase, ...progress, providers })
    providers = []
  }
  const onTried = (tried: TriedProvider): void => void providers.push(tried)
  const session = new BitswapSession({
    bitswap: deps.bitswap,
    onSender: (peerId) => onTried({ peerId, outcome: 'sent' }),
  })
  const [begun, clock] = [performance.now(), { lastBlock: performance.now() }]
  const watch = setInterval(
    () => {
      tell()
      const now = performance.now()
      if (now - begun > limits.maxMs) ending.abort(new BackendError('limit_time', 'It took too long.'))
      else if (now - clock.lastBlock > limits.stallMs) ending.abort(nothingCame(progress.blocks, session.peers))
    },
    Math.min(TELL_MS, limits.stallMs, limits.maxMs),
  )
  const parts = new FetchParts({ store: deps.store, contentId: root.contentId })
  const search = searchPeers({ ...deps, session, onTried }, { root: root.cid, origins, signal: ended })
  try {
    await fetchDag(
      {
        store: deps.store,
        get: (cid, given) => session.get(cid, given),
        parts,
        onBlock: (bytes) => {
          progress.blocks++
          progress.bytes += bytes
          clock.lastBlock = performance.now()
        },
      },
      root,
      { limits, signal: ended },
    )
    tell()
    await parts.drop()
  } catch (error) {
    // Another try would end the same: it has no use for them.
    if (error instanceof BackendError && !error.retryable) await parts.drop()
    else await parts.keep()
    throw error
  } finally {
    clearInterval(watch)
    ending.abort()
    session.close()
    await search
  }
}

const nothingCame = (blocks: number, peers: number): BackendError => {
  if (blocks > 0) return new BackendError('stalled', 'No peer sends the rest of it.')
  return new BackendError('no_providers', peers === 0 ? 'No peer was found.' : 'None of the peers has it.')
}
