import type { BenchRow } from '../frame/bench-row.ts'
import type { Contestant } from '../contestants/contestant.ts'
import { runLoad } from '../http/load.ts'
import { addFileOf } from './gateway-rate.ts'

const CONNECTIONS = 32
const SECONDS = 3
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

/** What it costs that a gateway asks who is there: a token, an address, a host, and how often all have come. */
export const gatewayGated1k: BenchRow = {
  name: 'gateway-gated-1k',
  unit: 'of the open rate',
  about: `GET /ipfs/:cid of one file of 1 KiB from a gateway with a token, lists of addresses and hosts, and limits, as a part of what the open one gives right before; ${CONNECTIONS} kept connections. More than 0.9 is wanted.`,
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
      const open = await runLoad({ url, connections: CONNECTIONS, seconds: SECONDS })
      const asked = await runLoad({ url, headers: gated, connections: CONNECTIONS, seconds: SECONDS })
      return {
        value: asked.perSecond / open.perSecond,
        loadCpuSeconds: open.cpuSeconds + asked.cpuSeconds,
        proof,
      }
    }
  },
}
