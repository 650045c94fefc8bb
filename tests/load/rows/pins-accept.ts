import { randomBytes } from 'node:crypto'
import type { Contestant } from '../contestants/contestant.ts'
import type { BenchRow } from '../frame/bench-row.ts'
import { percentile } from '../frame/percentile.ts'
import { sizeOf } from '../frame/size-of.ts'
import { Connection } from '../http/connection.ts'

const SECONDS = sizeOf('BENCH_SECONDS', 4)

/**
 * Pins of CIDs that nobody has, each until its answer: its rows are committed then. Every second one by the Pinning Service API, the others by ours.
 * IPFS Cluster 1.1.6 accepts 450 to 540/s unbatched, and 2,300 to 4,600/s batched with an answer that a crash forgets.
 */
export const pinsAccept = (clients: number, atLeast: number): BenchRow => ({
  name: `pins-accept-c${clients}`,
  unit: 'pins/s',
  about: `Pins of new CIDs from ${clients} kept connections, each until its durable answer. Has to be ${atLeast.toLocaleString('en')} or more.`,
  only: 'holdfast',
  prepare: async (contestant) => async () => {
    const connections = await Promise.all(Array.from({ length: clients }, () => Connection.open(contestant.api)))
    const waits: number[] = []
    const start = performance.now()
    const client = async (connection: Connection): Promise<void> => {
      for (let turn = 0; performance.now() - start < SECONDS * 1000; turn++) {
        const asked = performance.now()
        const { status, body } = await connection.request(pinOf(connection, contestant, turn % 2 === 0))
        if (status !== 202) throw new Error(`a pin was answered with ${status}: ${body.slice(0, 300)}`)
        waits.push(performance.now() - asked)
      }
      connection.close()
    }
    await Promise.all(connections.map(client))
    const seconds = (performance.now() - start) / 1000
    console.log(`  p50 ${percentile(waits, 0.5).toFixed(1)} ms, p95 ${percentile(waits, 0.95).toFixed(1)} ms`)
    return { value: waits.length / seconds }
  },
})

const pinOf = (connection: Connection, { addRequest }: Contestant, isPsa: boolean): Buffer[] => {
  const cid = `f01551220${randomBytes(32).toString('hex')}`
  const body = Buffer.from(JSON.stringify(isPsa ? { cid, name: 'bench' } : { name: 'bench' }))
  const headers = {
    authorization: addRequest.headers.authorization ?? '',
    'content-type': 'application/json',
    'content-length': body.length,
  }
  return [connection.head('POST', isPsa ? '/psa/pins' : `/api/v1/pins/${cid}`, headers), body]
}
