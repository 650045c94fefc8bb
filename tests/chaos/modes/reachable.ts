import { setTimeout as sleep } from 'node:timers/promises'
import type { Mode } from '../mode.ts'
import { callApi, Refused } from '../pins/call-api.ts'
import { Deck, DISASTERS, pass } from '../pins/disasters.ts'
import { insist } from '../pins/insist.ts'
import type { ListedPin } from '../pins/pin-ledger.ts'
import { PinWorld } from '../pins/pin-world.ts'
import { ReachLedger, type ReachPin } from '../pins/reach-ledger.ts'
import { verifyReached } from '../pins/verify-reached.ts'
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
/** The oldest of more are let go. */
const KEPT_AT_ONCE = 2_000
/** All that is ever asked for fits in: whether nodes get their space back in time is not what is measured. */
const DISK_BYTES = 1024 ** 3

const askFor = async (of: PinWorld, random: Random, name: string): Promise<ReachPin> => {
  const owner = random.between(0, of.world.keys.length - 1)
  const where = { apiUrl: of.world.platform.apiUrl, key: of.world.keys[owner] ?? '' }
  const size = random.chance(0.05) ? random.between(300_000, 1_000_000) : random.between(1, 20_000)
  const { cid, origins } = await of.strangers.reachable({ size, contentSeed: random.between(1, 2 ** 31) })
  const body = { cid, name, origins }
  const askedAt = performance.now()
  const { requestid } = await insist(() => callApi<ListedPin>(where, 'POST', '/psa/pins', { body }), WITHIN_MS)
  return { requestid, name, owner, askedAt }
}

/** @throws Refused when it is not there, and was never asked to go before */
const letGo = async ({ world }: PinWorld, { requestid, owner }: ReachPin): Promise<void> => {
  const where = { apiUrl: world.platform.apiUrl, key: world.keys[owner] ?? '' }
  let tries = 0
  await insist(async () => {
    tries += 1
    try {
      await callApi(where, 'DELETE', `/psa/pins/${requestid}`)
    } catch (error) {
      // The answer to a try before this one was lost.
      if (!(tries > 1 && error instanceof Refused && error.status === 404)) throw error
    }
  }, WITHIN_MS)
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
  })().catch((error: unknown) => {
    // The others go on without it, and the run has not shown what it is for.
    of.world.problems.push(`what happened could not be put right: ${String(error)}`)
  })
  return {
    end: async () => {
      ended.abort()
      await running
    },
  }
}

const readPinned = async ({ database }: PinWorld): Promise<string[]> => {
  const text = `select id from pins where psa_status = 'pinned' and name like 'reach-%'`
  // While it is away nobody is told anything.
  const rows = await database.ask<{ id: string }>(text).catch(() => [])
  return rows.map(({ id }) => id)
}

/** Each cycle is one pin whose root a live peer has: nearly all of them are pinned within five minutes, whatever happens meanwhile, and all are there in the end. */
export const reachable: Mode = {
  name: 'reachable',
  variants: ['three Kubo nodes'],
  cycles: 10_000,
  mounts: true,
  missing: missingForPins,
  async run({ folder, cycles, seed, fault, tell }) {
    const of = await PinWorld.begin({ folder, seed, fault, isHastened: false, privateNodes: 0, diskBytes: DISK_BYTES })
    const { world } = of
    const ledger = new ReachLedger(WITHIN_MS)
    const refused = (name: string, error: unknown): void =>
      void world.problems.push(`the pin ${name}: ${error instanceof Refused ? error.message : String(error)}`)
    let begun = 0
    try {
      const troubles = trouble(of, seed, tell)
      const lane = async (index: number): Promise<void> => {
        const random = new Random(seed, index, 4_000)
        while (begun < cycles) {
          const name = `reach-${++begun}`
          while (ledger.open > OPEN_AT_ONCE) await sleep(LOOK_MS)
          await askFor(of, random, name).then(
            (pin) => ledger.acknowledged(pin),
            (error: unknown) => refused(name, error),
          )
          if (ledger.asked % TOLD_EACH === 0) tell(`${ledger.asked} asked for, ${ledger.open} not pinned yet`)
          const oldest = ledger.takeOldest(KEPT_AT_ONCE)
          if (oldest === undefined) continue
          await letGo(of, oldest).catch((error: unknown) => refused(oldest.name, error))
          ledger.wasLetGo(oldest)
        }
      }
      const asked = new AbortController()
      const asking = Promise.all(Array.from({ length: LANES }, (_, index) => lane(index))).finally(() => asked.abort())
      const looking = (async () => {
        for (; !asked.signal.aborted || ledger.open > 0; await sleep(LOOK_MS))
          ledger.look(await readPinned(of), performance.now())
      })()
      await Promise.all([asking, looking])
      await troubles.end()
      tell('nothing happens any more: what is told has to be so, and what was acknowledged there')
      await world.check(cycles, async () => {
        await of.watch.settled()
        return []
      })
      await world.check(cycles, () => verifyReached(of, ledger, WITHIN_MS))
    } finally {
      await of.end()
    }
    const { times, asked } = ledger
    const seconds = (at: number): string =>
      `${((times[Math.floor(at * (times.length - 1))] ?? 0) / 1_000).toFixed(1)} s`
    const words = `${times.length} of ${asked} pinned within 5 min: half after ${seconds(0.5)}, 95 % after ${seconds(0.95)}, all of them after ${seconds(1)}`
    if (asked < cycles || times.length / asked <= SHARE) world.problems.push(words)
    return world.result(cycles, `${words}; ${DISASTERS.length} kinds of disasters`)
  },
}
