import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SpawnFailed } from '@packages/testkit/spawn-platform'
import { UploadRefused } from '../../acceptance/stream-upload.ts'
import { FilledDisk } from '../disks/filled-disk.ts'
import type { Mode } from '../mode.ts'
import { Random } from '../random.ts'
import { startReaders } from '../readers.ts'
import { formWay } from '../ways/form-way.ts'
import { World } from '../world.ts'

const KIB = 1024
const MIB = 1024 * KIB
const DISK_BYTES = 1024 * MIB
const LIVE_BYTES_WANTED = 150 * MIB
/** How soon uploads must be accepted again when there is space. */
const ACCEPTED_AGAIN_MS = 60_000
/** What the foreign file leaves. */
const LEFT = [0, 0, 64 * KIB, MIB, 8 * MIB, 40 * MIB]
/** Low-water marks: none, so that the disk really runs full, and some. */
const MARKS = ['0', '16MiB', '64MiB']

/** A full disk is 507; what PostgreSQL cannot do meanwhile ends as 500 or 503 and is in doubt. */
const expects = (status: number): 'refused' | 'unsure' | undefined => {
  if (status === 507) return 'refused'
  return status >= 500 ? 'unsure' : undefined
}

/**
 * What an operator's supervisor does (systemd's `Restart=always`): starts it again when it has left by itself.
 * @returns how often; null when it does not come up within the time that is allowed
 */
const supervise = async (world: World): Promise<number | null> => {
  for (let starts = 0, end = performance.now() + ACCEPTED_AGAIN_MS; ; ) {
    const gone = await Promise.race([world.platform.exited.then(() => true), sleep(1, false)])
    if (!gone) return starts
    if (performance.now() > end) return null
    try {
      await world.start()
      starts += 1
    } catch (error) {
      if (!(error instanceof SpawnFailed)) throw error
      await sleep(500)
    }
  }
}

/** Uploads one byte after the other until one is accepted. @returns ms that it took, or null */
const acceptedAfter = async (world: World, cycle: number): Promise<number | null> => {
  const since = performance.now()
  const random = new Random(world.options.seed, cycle)
  for (let tries = 1; performance.now() - since < ACCEPTED_AGAIN_MS; tries++) {
    const name = `probe-${cycle}-${tries}`
    // Small, and still no content that another probe has.
    const content = { way: 'form', shape: 'file', contentSeed: random.between(1, 2 ** 31), size: 64 } as const
    const file = world.ledger.begin({ name, owner: 0, ...content })
    try {
      const signal = AbortSignal.timeout(10_000)
      const sending = { apiUrl: world.platform.apiUrl, key: world.keys[0] ?? '', random, signal }
      Object.assign(file, { state: 'there', ...(await formWay.send(file, sending)) })
      return performance.now() - since
    } catch (error) {
      file.state = error instanceof UploadRefused && expects(error.status) === 'refused' ? 'gone' : 'in doubt'
      await supervise(world)
      await sleep(200)
    }
  }
  return null
}

/** Somebody else's file fills the disk under load; then the space comes back. */
export const diskFull: Mode = {
  name: 'disk-full',
  variants: ['tmpfs', 'ext4'],
  mounts: true,
  async run({ folder, cycles, seed, variant, fault, tell }) {
    const plan = new Random(seed)
    const disk = await FilledDisk.make(folder, variant === 'ext4' ? 'ext4' : 'tmpfs', DISK_BYTES)
    const mark = () => plan.pick(MARKS) ?? '0'
    const environment: Record<string, string> = { MIN_FREE_BYTES: mark() }
    const world = await World.begin({ dataDir: join(disk.path, 'data'), seed, fault, environment })
    const { ledger, problems } = world
    let cycle = 0
    let left = 0
    let slowest = 0
    try {
      while (cycle < cycles && problems.length === 0) {
        cycle += 1
        const answers = new Map<number, number>()
        const load = world.load(cycle, {
          hangUps: false,
          liveBytesWanted: LIVE_BYTES_WANTED,
          expects: (status) => {
            answers.set(status, (answers.get(status) ?? 0) + 1)
            return expects(status)
          },
        })
        const { platform } = world
        let dead = false
        void platform.exited.then(() => {
          dead = true
        })
        const readers = startReaders({
          gatewayUrl: platform.gatewayUrl,
          ledger,
          random: new Random(seed, cycle, 99),
          onRead: (file, { kind, detail }) => {
            if (kind !== 'whole' && !dead) problems.push(`cycle ${cycle}, on a full disk: ${file.name}: ${detail}`)
          },
        })
        await sleep(plan.between(100, 600))
        const level = plan.pick(LEFT) ?? 0
        await disk.fillUpTo(level)
        await sleep(plan.between(500, 1_500))
        const kills = plan.chance(0.3)
        await readers.end()
        const leftByItself = dead
        if (kills) await platform.kill()
        if (kills || leftByItself) await load.end()
        else await load.rest()
        dead ||= kills
        // Now and then it has to come up while there is still no space; it need not, but must not make it worse.
        if (dead && plan.chance(0.5)) await world.killWhileStarting(plan.between(500, 2_000))
        await disk.makeRoom()
        environment['MIN_FREE_BYTES'] = mark()
        const restarts = await supervise(world)
        const acceptedMs = restarts === null ? null : await acceptedAfter(world, cycle)
        if (acceptedMs === null) {
          problems.push(
            `cycle ${cycle}: no upload was accepted within ${ACCEPTED_AGAIN_MS} ms of there being space again`,
          )
          break
        }
        slowest = Math.max(slowest, acceptedMs)
        if (leftByItself) left += 1
        const { leftovers } = await world.verify(cycle)
        const told = [...answers].map(([status, count]) => `${count} × ${status}`).join(', ') || 'none refused'
        tell(
          `cycle ${cycle} (${variant}): ${Math.round(level / KIB)} KiB left, ${told}, ${readers.reads} reads meanwhile; ` +
            `${kills ? 'killed, ' : ''}${leftByItself ? 'left by itself, ' : ''}accepted again after ${Math.round(acceptedMs)} ms; ` +
            `${world.counts()}, ${leftovers.size} left over in the store`,
        )
      }
    } finally {
      await world.end()
      await disk.end()
    }
    return world.result(cycle, `accepted again after ${Math.round(slowest)} ms at most, left by itself ${left} times`)
  },
}
