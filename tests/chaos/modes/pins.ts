import { setTimeout as sleep } from 'node:timers/promises'
import { findFaketime } from '../fake-clock.ts'
import { isInstalled } from '../disks/run-command.ts'
import type { Mode } from '../mode.ts'
import { Deck, pass } from '../pins/disasters.ts'
import { PinWorld } from '../pins/pin-world.ts'
import { verifyPins } from '../pins/verify-pins.ts'
import { Random } from '../random.ts'
import { startReaders } from '../readers.ts'

/** In each cycle: what happens at the same time or one after the other. */
const DISASTERS_AT_ONCE = 2
/** The first see each disaster; those after them may last. */
const SHORT_CYCLES = 5
/** All of them have to confirm an upload. */
const PRIVATE_NODES = 2

export const missingForPins = async (): Promise<string | null> => {
  for (const program of ['ipfs', 'redis-server'])
    if (!(await isInstalled(program))) return `${program} is not installed`
  return (await findFaketime()) === null ? 'libfaketime is not installed (Debian: libfaketime)' : null
}

/** Real Kubo nodes, a database and Redis, each of which fails, under uploads, pins by CID and unpins (ADR 0149). */
export const pins: Mode = {
  name: 'pins',
  variants: ['three Kubo nodes'],
  cycles: 100,
  mounts: true,
  missing: missingForPins,
  async run({ folder, cycles, seed, fault, tell }) {
    const plan = new Random(seed)
    const deck = new Deck(new Random(seed, 1))
    const begun = performance.now()
    const of = await PinWorld.begin({ folder, seed, fault, isHastened: true, privateNodes: PRIVATE_NODES })
    const { world, watch } = of
    tell(`ready after ${Math.round(performance.now() - begun)} ms`)
    let cycle = 0
    let reads = 0
    try {
      while (cycle < cycles && world.problems.length === 0) {
        cycle += 1
        const since = performance.now()
        const load = of.load(cycle)
        const readers = startReaders({
          gatewayUrl: world.platform.gatewayUrl,
          ledger: world.ledger,
          random: new Random(seed, cycle, 2_000),
          onRead: (file, { kind, detail }) => {
            if (kind === 'wrong' || kind === 'absent')
              world.problems.push(`cycle ${cycle}, under load: ${file.name}: ${detail}`)
          },
        })
        const dealt = deck.deal(DISASTERS_AT_ONCE)
        const kills = plan.chance(0.5)
        const lanes = dealt.map((disaster, index) =>
          pass(disaster, of, { random: new Random(seed, cycle, 3_000 + index), mayLast: cycle > SHORT_CYCLES }),
        )
        await sleep(plan.between(500, 2_000))
        if (kills) {
          watch.suspend()
          await Promise.all([world.platform.kill(), readers.end()])
          await load.end()
        }
        await Promise.all(lanes)
        if (kills) {
          if (!(await world.restart(cycle))) break
          watch.resume()
        } else {
          await load.rest()
          await readers.end()
        }
        reads += readers.reads
        await world.check(cycle, async () => {
          await watch.settled()
          return []
        })
        if (world.problems.length === 0) await world.check(cycle, () => verifyPins(of))
        const there = of.pins.pins.filter(({ state }) => state === 'there').length
        tell(
          `cycle ${cycle}: ${[...dealt.map(({ name }) => name), ...(kills ? ['the platform is killed'] : [])].join(', ')}; ` +
            `${world.counts()}, ${of.secrets.in('there').length} private ones, ${there} pins there, ${Math.round(performance.now() - since)} ms`,
        )
      }
    } finally {
      await of.end()
    }
    return world.result(
      cycle,
      `${of.pins.pins.length} pins by CID, ${of.secrets.files.length} private files tried, ${of.borders.blocks} blocks of private nodes, ${of.plainTexts.blocks} blocks read, ${watch.looks} looks at what is told, ${reads} reads under load`,
    )
  },
}
