import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import { callApi, type Caller, Refused } from './call-api.ts'
import type { LedgerPin, ListedPin, PinKind, PinLedger } from './pin-ledger.ts'
import type { Strangers, Wish } from './strangers.ts'

const KIB = 1024

type PinLane = {
  apiUrl: string
  owner: number
  key: string
  pins: PinLedger
  files: Ledger
  strangers: Strangers
  random: Random
  nextName: () => string
  /** The platform has been killed. */
  killed: AbortSignal
  resting: AbortSignal
  onProblem: (problem: string) => void
}

/** Above that an owner deletes more than he adds. */
const LIVE_WANTED = 60
/** One more than there are nodes: nobody may ever be told that so many are there of what only nodes have. */
const MOST_COPIES = 4

export const listPins = async (where: Caller): Promise<ListedPin[]> => {
  const query = 'status=queued,pinning,pinned,failed&name=pin-&match=partial&limit=1000'
  const { count, results } = await callApi<{ count: number; results: ListedPin[] }>(where, 'GET', `/psa/pins?${query}`)
  if (count > results.length) throw new Error(`${count} pins are more than one page`)
  return results
}

const drawKind = (random: Random): PinKind => {
  const kind = random.next()
  if (kind < 0.6) return 'reachable'
  if (kind < 0.85) return 'uploaded'
  if (kind < 0.92) return 'unreachable'
  return kind < 0.97 ? 'incomplete' : 'endless'
}

const drawWish = async (lane: PinLane, kind: PinKind): Promise<Wish | undefined> => {
  const { random, strangers, files } = lane
  const contentSeed = random.between(1, 2 ** 31)
  const size = random.chance(0.15) ? random.between(256 * KIB, 1500 * KIB) : random.between(1, 100 * KIB)
  if (kind === 'reachable') return strangers.reachable({ size, contentSeed })
  if (kind === 'unreachable') return strangers.unreachable(contentSeed)
  if (kind === 'incomplete') return strangers.incomplete(contentSeed)
  if (kind === 'endless') return strangers.endless()
  // Of anybody's: what one deletes another may keep.
  const file = random.pick(files.in('there').filter((one) => one.shape === 'file'))
  if (file?.cid === undefined) return undefined
  return { cid: file.cid, origins: [], size: file.size, contentSeed: file.contentSeed }
}

const bodyOf = ({ name, wish: { cid, origins } }: LedgerPin): object => ({ cid, name, origins })

const add = async (lane: PinLane): Promise<void> => {
  const kind = drawKind(lane.random)
  const wish = await drawWish(lane, kind)
  if (wish === undefined) return
  const pin = lane.pins.begin({ name: lane.nextName(), owner: lane.owner, kind, wish })
  await settling(lane, [pin], async () => {
    const answer = await callApi<ListedPin>(lane, 'POST', '/psa/pins', { body: bodyOf(pin), signal: lane.killed })
    Object.assign(pin, { state: 'there', requestid: answer.requestid, acknowledgedAt: performance.now() })
  })
}

const remove = async (lane: PinLane): Promise<void> => {
  const pin = lane.random.pick(lane.pins.there(lane.owner))
  if (pin === undefined) return
  pin.state = 'deleting'
  await settling(lane, [pin], async () => {
    await callApi(lane, 'DELETE', `/psa/pins/${pin.requestid}`, { signal: lane.killed })
    pin.state = 'gone'
  })
}

/** The same CID under another name. */
const rename = async (lane: PinLane): Promise<void> => {
  const pin = lane.random.pick(lane.pins.there(lane.owner))
  if (pin === undefined) return
  const { kind, wish, owner } = pin
  const next = lane.pins.begin({ name: lane.nextName(), owner, kind, wish })
  pin.state = 'deleting'
  pin.replacedBy = next
  await settling(lane, [pin, next], async () => {
    const body = bodyOf(next)
    const answer = await callApi<ListedPin>(lane, 'POST', `/psa/pins/${pin.requestid}`, { body, signal: lane.killed })
    pin.state = 'gone'
    delete pin.replacedBy
    Object.assign(next, { state: 'there', requestid: answer.requestid, acknowledgedAt: performance.now() })
  })
}

/** Another minimum of copies than the default. */
const wish = async (lane: PinLane): Promise<void> => {
  const pin = lane.random.pick(lane.pins.there(lane.owner))
  if (pin === undefined) return
  const min = lane.random.between(1, MOST_COPIES)
  const replication = { min, max: lane.random.between(min, MOST_COPIES) }
  delete pin.min
  await settling(lane, [], async () => {
    await callApi(lane, 'PATCH', `/api/v1/pins/${pin.requestid}`, { body: { replication }, signal: lane.killed })
    pin.min = min
  })
}

const look = async (lane: PinLane): Promise<void> => {
  const pin = lane.random.pick(lane.pins.there(lane.owner))
  if (pin === undefined) return
  const path = lane.random.chance(0.5) ? `/${pin.requestid}` : `?cid=${pin.wish.cid}&status=pinned,pinning`
  await settling(lane, [], () => callApi(lane, 'GET', `/psa/pins${path}`, { signal: lane.killed }))
}

/** An error of the server leaves pins in doubt; another one is a problem. */
const settling = async (lane: PinLane, pins: readonly LedgerPin[], call: () => Promise<unknown>): Promise<void> => {
  try {
    await call()
  } catch (error) {
    for (const pin of pins) pin.state = 'in doubt'
    if (error instanceof Refused && error.status < 500) lane.onProblem(`a call about pins: ${error.message}`)
    if (!lane.killed.aborted) await sleep(50)
  }
}

/** One client of the Pinning Service API. */
export const runPinLane = async (lane: PinLane): Promise<void> => {
  while (!lane.killed.aborted && !lane.resting.aborted) {
    const deletes = lane.pins.there(lane.owner).length > LIVE_WANTED ? 0.5 : 0.2
    const kind = lane.random.next()
    if (kind < deletes) await remove(lane)
    else if (kind < deletes + 0.08) await rename(lane)
    else if (kind < deletes + 0.16) await look(lane)
    else if (kind < deletes + 0.32) await wish(lane)
    else await add(lane)
    await sleep(lane.random.between(5, 40))
  }
}
