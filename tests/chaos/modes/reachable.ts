import { setTimeout as sleep } from 'node:timers/promises'
import type { Mode } from '../mode.ts'
import { callApi, Refused } from '../pins/call-api.ts'
import { Deck, DISASTERS, pass } from '../pins/disasters.ts'
import { PinWorld } from '../pins/pin-world.ts'
import { Random } from '../random.ts'
import { missingForPins } from './pins.ts'

/** How soon a pin whose root somebody has and gives must be pinned, and how many of them at least. */
const WITHIN_MS = 5 * 60_000
const SHARE = 0.995
const LANES = 8
/** So many are asked for between two lines about them. */
const TOLD_EACH = 500
/** What the whole run waits for, more than the time that each has. */
const LOOK_MS = 500
/** So many are wanted and not pinned at once: what is measured is how long each takes, and not how many there are. */
const OPEN_AT_ONCE = 400
/** The oldest of more are let go: nodes are small here. */
const KEPT_AT_ONCE = 2_000

type Asked = { requestid: string; key: string; askedAt: number; pinnedAt?: number }

/** A server's error is no promise: it is asked again, as clients do. */
const insist = async <T>(ask: () => Promise<T>): Promise<T> => {
  for (const end = performance.now() + WITHIN_MS; ; await sleep(200)) {
    try {
      return await ask()
    } catch (error) {
      if (performance.now() > end) throw error
    }
  }
}

const askFor = async (of: PinWorld, random: Random, name: string): Promise<Asked> => {
  const askedAt = performance.now()
  const key = random.pick(of.world.keys) ?? ''
  const { apiUrl } = of.world.platform
  const size = random.chance(0.05) ? random.between(300_000, 1_000_000) : random.between(1, 20_000)
  const { cid, origins } = await of.strangers.reachable({ size, contentSeed: random.between(1, 2 ** 31) })
  const body = { cid, name, origins }
  const { requestid } = await insist(() =>
    callApi<{ requestid: string }>({ apiUrl, key }, 'POST', '/psa/pins', { body }),
  )
  return { requestid, key, askedAt }
}

const letGo = async (of: PinWorld, { requestid, key }: Asked): Promise<void> => {
  const { apiUrl } = of.world.platform
  await insist(async () => {
    try {
      await callApi({ apiUrl, key }, 'DELETE', `/psa/pins/${requestid}`)
    } catch (error) {
      // The answer to the last try was lost.
      if (!(error instanceof Refused && error.status === 404)) throw error
    }
  })
}

/** Disasters one after the other until it is ended. */
const trouble = (of: PinWorld, seed: number, tell: (line: string) => void) => {
  const ended = new AbortController()
  const deck = new Deck(new Random(seed, 1))
  const running = (async () => {
    for (let round = 0; !ended.signal.aborted; round++)
      for (const disaster of deck.deal(1)) {
        tell(disaster.name)
        await pass(disaster, of, { random: new Random(seed, round, 3_000), mayLast: true })
      }
  })()
  return {
    end: async () => {
      ended.abort()
      await running
    },
  }
}

/** Each cycle is one pin whose root a live peer has: nearly all of them are pinned within five minutes, whatever happens meanwhile. */
export const reachable: Mode = {
  name: 'reachable',
  variants: ['three Kubo nodes'],
  cycles: 10_000,
  mounts: true,
  missing: missingForPins,
  async run({ folder, cycles, seed, fault, tell }) {
    const of = await PinWorld.begin({ folder, seed, fault, isHastened: false, privateNodes: 0 })
    const { world, database } = of
    const asked: Asked[] = []
    const open = new Map<string, Asked>()
    const kept: Asked[] = []
    let begun = 0
    try {
      const troubles = trouble(of, seed, tell)
      const look = async (): Promise<void> => {
        const rows = await database
          .ask<{ id: string }>(`select id from pins where psa_status = 'pinned' and name like 'reach-%'`)
          .catch(() => [])
        for (const { id } of rows) {
          const pin = open.get(id)
          if (pin === undefined) continue
          pin.pinnedAt = performance.now()
          open.delete(id)
          kept.push(pin)
        }
        for (const [id, { askedAt }] of open) if (performance.now() - askedAt > WITHIN_MS) open.delete(id)
      }
      const lane = async (index: number): Promise<void> => {
        const random = new Random(seed, index, 4_000)
        while (begun < cycles) {
          const name = `reach-${++begun}`
          while (open.size > OPEN_AT_ONCE) await sleep(LOOK_MS)
          const pin = await askFor(of, random, name)
          asked.push(pin)
          open.set(pin.requestid, pin)
          if (asked.length % TOLD_EACH === 0) tell(`${asked.length} asked for, ${open.size} not pinned yet`)
          const oldest = kept.length > KEPT_AT_ONCE ? kept.shift() : undefined
          if (oldest !== undefined) await letGo(of, oldest)
        }
      }
      const asking = Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)))
      const looking = (async () => {
        for (; asked.length < cycles || open.size > 0; await sleep(LOOK_MS)) await look()
      })()
      await Promise.all([asking, looking])
      await troubles.end()
    } finally {
      await of.end()
    }
    const times = asked.flatMap(({ askedAt, pinnedAt }) => (pinnedAt === undefined ? [] : [pinnedAt - askedAt]))
    const share = times.length / asked.length
    times.sort((a, b) => a - b)
    const seconds = (at: number): string =>
      `${((times[Math.floor(at * (times.length - 1))] ?? 0) / 1_000).toFixed(1)} s`
    const words = `${times.length} of ${asked.length} pinned within 5 min: half after ${seconds(0.5)}, 95 % after ${seconds(0.95)}, all of them after ${seconds(1)}`
    if (share <= SHARE) world.problems.push(words)
    return world.result(cycles, `${words}; ${DISASTERS.length} kinds of disasters`)
  },
}
