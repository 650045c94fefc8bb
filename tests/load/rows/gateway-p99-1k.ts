import type { BenchRow } from '../frame/bench-row.ts'
import { percentile } from '../frame/percentile.ts'
import { runLoad } from '../http/load.ts'
import { runPacedLoad } from '../http/paced-load.ts'
import { addFileOf } from './gateway-rate.ts'

const CONNECTIONS = 32
const SECONDS = 4
/** Where there is no peer whose peak is halved. */
const PER_SECOND = 2_500

/** Both are asked at half of what Kubo has given at most in the warm-up. */
let peerPeak: number | undefined

export const gatewayP991k: BenchRow = {
  name: 'gateway-p99-1k',
  unit: '1/s',
  about: `One second by the p99 of GET /ipfs/:cid of one file of 1 KiB, at half of Kubo's peak, ${CONNECTIONS} kept connections.`,
  prepare: async (contestant) => {
    const proof = await addFileOf(contestant, 1024)
    const url = new URL(`/ipfs/${proof}`, contestant.gateway)
    return async (round) => {
      if (round === 0) {
        const { perSecond } = await runLoad({ url, connections: CONNECTIONS, seconds: SECONDS })
        if (contestant.name === 'kubo') peerPeak = perSecond
      }
      const perSecond = peerPeak === undefined ? PER_SECOND : peerPeak / 2
      const waited = await runPacedLoad({ url, perSecond, connections: CONNECTIONS, seconds: SECONDS })
      return { value: 1000 / percentile(waited, 0.99), proof }
    }
  },
}
