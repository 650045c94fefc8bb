import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startRedis, type TestRedis } from '@packages/testkit/redis-server'
import { FakeClock, findFaketime } from '../fake-clock.ts'
import { Ledger } from '../ledger.ts'
import { Random } from '../random.ts'
import { formWay } from '../ways/form-way.ts'
import { tusWay } from '../ways/tus-way.ts'
import { carWay } from '../ways/car-way.ts'
import { World } from '../world.ts'
import { DatabaseServer } from './database-server.ts'
import { HASTENED, type LieBounds, USUAL } from './lie-times.ts'
import { NetworkBorders } from './network-borders.ts'
import { NodePool, type PoolOptions } from './node-pool.ts'
import { runPinLane } from './pin-lane.ts'
import { PinLedger } from './pin-ledger.ts'
import { PlainTexts } from './plain-texts.ts'
import { runSecretLane } from './secret-lane.ts'
import { Strangers } from './strangers.ts'
import { TruthWatch } from './truth-watch.ts'

const KIB = 1024
const MIB = 1024 * KIB
const LIVE_BYTES_WANTED = 12 * MIB
const HASTEN = fileURLToPath(new URL('../hasten-checks.ts', import.meta.url))

/** Whatever is taken away, a server's error is no promise. */
const expects = (status: number): 'unsure' | undefined => (status >= 500 ? 'unsure' : undefined)
const drawSize = (random: Random): number =>
  random.chance(0.15) ? random.between(256 * KIB, 2 * MIB) : random.between(0, 64 * KIB)

type PinWorldOptions = PoolOptions & {
  folder: string
  seed: number
  fault?: string | undefined
  /** Whether what the platform asks of nodes each minute is asked each second. */
  isHastened: boolean
}

/** Everything that a platform with nodes stands on, each of which can be taken away: nodes, database, Redis, clock; and those who have what is pinned. */
export class PinWorld {
  readonly pool: NodePool
  readonly strangers: Strangers
  readonly database: DatabaseServer
  readonly redis: TestRedis
  readonly clock: FakeClock
  readonly world: World
  readonly borders: NetworkBorders
  readonly pins = new PinLedger()
  /** Private files. */
  readonly secrets = new Ledger()
  readonly plainTexts: PlainTexts
  readonly watch: TruthWatch
  #names = 0

  private constructor(
    parts: Pick<PinWorld, 'pool' | 'borders' | 'strangers' | 'database' | 'redis' | 'clock' | 'world'>,
    bounds: LieBounds,
  ) {
    this.pool = parts.pool
    this.borders = parts.borders
    this.strangers = parts.strangers
    this.database = parts.database
    this.redis = parts.redis
    this.clock = parts.clock
    this.world = parts.world
    this.plainTexts = new PlainTexts(this.pool, this.secrets)
    const onLie = (lie: string): void => void this.world.problems.push(lie)
    this.watch = new TruthWatch({ database: this.database, pool: this.pool, bounds, onLie })
  }

  static async begin({ folder, seed, fault, isHastened, privateNodes, diskBytes }: PinWorldOptions): Promise<PinWorld> {
    const clock = new FakeClock(join(folder, 'clock'), (await findFaketime()) ?? '')
    await clock.set(0)
    for (const name of ['nodes', 'strangers', 'data']) await mkdir(join(folder, name))
    const [pool, strangers, database, redis] = await Promise.all([
      NodePool.start(join(folder, 'nodes'), { privateNodes, diskBytes }),
      Strangers.start(join(folder, 'strangers'), seed),
      DatabaseServer.start(folder, clock.environment),
      startRedis(),
    ])
    const borders = await NetworkBorders.draw(pool)
    const environment = {
      ...clock.environment,
      IPFS_BACKEND: 'kubo',
      KUBO_NODES: pool.setting,
      IPFS_DIAL_PRIVATE: 'yes',
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      // One that is gone takes its counts with it; what is looked at here is something else.
      RATE_LIMIT_CREDENTIAL: '0',
      RATE_LIMIT_USER: '0',
      RATE_LIMIT_ANONYMOUS: '0',
    }
    const preloads = isHastened ? [HASTEN] : []
    const world = await World.begin({ dataDir: join(folder, 'data'), seed, fault, environment, preloads })
    return new PinWorld({ pool, borders, strangers, database, redis, clock, world }, isHastened ? HASTENED : USUAL)
  }

  /** Uploads, pins and private files of two owners from now on. */
  load(cycle: number) {
    const { world, pool, pins, secrets, strangers } = this
    const uploads = world.load(cycle, {
      lanes: 2,
      hangUps: false,
      ways: [formWay, carWay, tusWay],
      liveBytesWanted: LIVE_BYTES_WANTED,
      expects,
      drawSize,
    })
    const [killed, resting] = [new AbortController(), new AbortController()]
    const { apiUrl } = world.platform
    const running = world.keys.map((key, owner) =>
      runPinLane({
        apiUrl,
        owner,
        key,
        pins,
        strangers,
        files: world.ledger,
        random: new Random(world.options.seed, cycle, owner, 1_000),
        nextName: () => `pin-${++this.#names}`,
        killed: killed.signal,
        resting: resting.signal,
        onProblem: (problem) => void world.problems.push(`cycle ${cycle}: ${problem}`),
      }),
    )
    if (pool.nodes.some(({ network }) => network === 'private'))
      running.push(
        ...world.keys.map((key, owner) =>
          runSecretLane({
            apiUrl,
            owner,
            key,
            ledger: secrets,
            random: new Random(world.options.seed, cycle, owner, 2_000),
            nextName: () => `secret-${++this.#names}`,
            killed: killed.signal,
            resting: resting.signal,
            onProblem: (problem) => void world.problems.push(`cycle ${cycle}, in private: ${problem}`),
            expects,
          }),
        ),
      )
    return {
      end: async () => {
        killed.abort()
        await Promise.all([uploads.end(), ...running])
        pins.connectionsLost()
        secrets.connectionsLost()
      },
      rest: async () => {
        resting.abort()
        await Promise.all([uploads.rest(), ...running])
      },
    }
  }

  async end(): Promise<void> {
    await this.watch.end()
    await this.world.end()
    await Promise.all([this.pool.end(), this.strangers.end(), this.database.kill(), this.redis[Symbol.asyncDispose]()])
  }
}
