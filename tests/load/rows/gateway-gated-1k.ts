import type { BenchRow } from '../frame/bench-row.ts'
import type { Contestant } from '../contestants/contestant.ts'
import { treeCpuSeconds } from '../frame/cpu-time.ts'
import { inPairs } from '../frame/in-pairs.ts'
import { median } from '../frame/median.ts'
import { runLoad } from '../http/load.ts'
import type { LoadResult, LoadTarget } from '../http/load-target.ts'
import { addFileOf } from './gateway-rate.ts'

const CONNECTIONS = 32
/** What else the machine does in some seconds decides more than the gate: both are asked in turns. */
const PAIRS = 8
const SECONDS = 1
const NAME = 'bench-gate'

/** Asks the API for something by the key that uploads have. */
const ask = async ({ api, addRequest }: Contestant, path: string, body: unknown): Promise<Record<string, string>> => {
  const { authorization = '' } = addRequest.headers
  const response = await fetch(new URL(path, api), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Record<string, string>
}

type Burst = LoadResult & { perCpuSecond: number }

/** @param pid the server, whose CPU seconds count with those of all that it has started */
const burst = async (target: Pick<LoadTarget, 'url' | 'headers'>, pid: number): Promise<Burst> => {
  const before = await treeCpuSeconds(pid)
  const load = await runLoad({ ...target, connections: CONNECTIONS, seconds: SECONDS })
  return { ...load, perCpuSecond: (load.perSecond * SECONDS) / ((await treeCpuSeconds(pid)) - before) }
}

/** What it costs that a gateway asks who is there: a token, an address, a host, and how often all have come. */
export const gatewayGated1k: BenchRow = {
  name: 'gateway-gated-1k',
  unit: 'of the open rate',
  about: `GET /ipfs/:cid of one file of 1 KiB from a gateway with a token, lists of addresses and hosts, and limits, as a part of what the open one gives right before or after; the median of ${PAIRS} pairs of ${SECONDS} s each, ${CONNECTIONS} kept connections. More than 0.9 is wanted.`,
  only: 'holdfast',
  prepare: async (contestant) => {
    const proof = await addFileOf(contestant, 1024)
    const url = new URL(`/ipfs/${proof}`, contestant.gateway)
    const host = `${NAME}.localhost`
    const { id } = await ask(contestant, '/api/v1/gateways', {
      name: NAME,
      allowedAddresses: ['10.0.0.0/8', '127.0.0.0/8'],
      allowedHosts: ['example.org', host],
      requestsPerMinute: 1_000_000_000,
      bytesPerMinute: 1_000_000_000_000,
    })
    const { token = '' } = await ask(contestant, `/api/v1/gateways/${id}/tokens`, { name: 'bench' })
    const gated = { Host: `${host}:${url.port}`, 'Holdfast-Gateway-Token': token }
    return async () => {
      const pairs = await inPairs(
        PAIRS,
        () => burst({ url }, contestant.pid),
        () => burst({ url, headers: gated }, contestant.pid),
      )
      const perCpuSecond = median(pairs.map(([open, asked]) => asked.perCpuSecond / open.perCpuSecond))
      // NaN where there is no /proc.
      console.log(`  ${perCpuSecond.toFixed(3)} of what the open one gives for a CPU second of the server`)
      return {
        value: median(pairs.map(([open, asked]) => asked.perSecond / open.perSecond)),
        loadCpuSeconds: pairs.flat().reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
        proof,
      }
    }
  },
}
