import { SpawnFailed, type SpawnedPlatform, type SpawnOptions, spawnPlatform } from '@packages/testkit/spawn-platform'
import { ApiProblem } from '@packages/api-client/api-problem'
import { setUp } from '../acceptance/session.ts'
import { type ClientLane, runLane } from './client-lane.ts'
import { withFault } from './faults.ts'
import { Ledger } from './ledger.ts'
import type { ModeResult } from './mode.ts'
import { Random } from './random.ts'
import { type Found, verify } from './verify.ts'

const LANES_PER_OWNER = 3
const LAST_WORDS = 10_000

export type WorldOptions = {
  dataDir: string
  seed: number
  fault?: string | undefined
  /** Settings of the platform. */
  environment?: Record<string, string>
  /** Loaded before the program (`--import`). */
  preloads?: readonly string[]
}

/** Clients at work on a running platform. */
export type Load = {
  /** Cut off: the platform is dead. */
  end(): Promise<void>
  /** Each finishes what it is doing. */
  rest(): Promise<void>
}

/** One data folder through all its deaths: the platform on it, two organizations, and what their clients know. */
export class World {
  readonly ledger = new Ledger()
  readonly problems: string[] = []
  readonly options: WorldOptions
  keys: string[] = []
  slowestStart = 0
  #platform: SpawnedPlatform | undefined
  /** Of the platform before this one. */
  #outputs: string[] = []
  #names = 0

  private constructor(options: WorldOptions) {
    this.options = options
  }

  /** Starts a platform on an empty folder and sets it up. */
  static async begin(options: WorldOptions): Promise<World> {
    const world = new World(options)
    const platform = await world.start()
    const ada = await setUp(platform)
    world.keys = [ada.key, (await ada.createUser('grace@example.org', 'Grace')).key]
    return world
  }

  get platform(): SpawnedPlatform {
    if (this.#platform === undefined) throw new Error('the platform was never started')
    return this.#platform
  }

  /** How the platform is started, with the planted fault if there is one. */
  spawnOptions(over: SpawnOptions = {}): SpawnOptions {
    const { dataDir, environment, fault, preloads } = this.options
    const settings = { RATE_LIMIT_LOGIN: '0', LOG_LEVEL: 'warn', ...environment, ...over.environment }
    return withFault({ dataDir, ...over, environment: settings }, { fault, preloads })
  }

  async start(over: SpawnOptions = {}): Promise<SpawnedPlatform> {
    if (this.#platform !== undefined) this.#outputs = [this.#platform.output()]
    this.#platform = await spawnPlatform(this.spawnOptions(over))
    this.slowestStart = Math.max(this.slowestStart, this.#platform.readyAfterMs)
    return this.#platform
  }

  /** Starts again after a disaster. @returns whether it did; if not, that is a problem of the run */
  async restart(cycle: number): Promise<boolean> {
    try {
      await this.start()
      return true
    } catch (error) {
      if (!(error instanceof SpawnFailed)) throw error
      this.problems.push(`cycle ${cycle}: it does not start again: ${error.message.slice(-2_000)}`)
      return false
    }
  }

  /** Kills a start before it is ready, at a random point of recovery. */
  async killWhileStarting(afterMs: number): Promise<void> {
    await spawnPlatform(this.spawnOptions({ readyMs: afterMs })).then(
      (platform) => platform.kill(),
      () => undefined,
    )
  }

  /** Six clients of two organizations upload and delete from now on. */
  load(
    cycle: number,
    over: Partial<Pick<ClientLane, 'expects' | 'hangUps' | 'ways' | 'liveBytesWanted' | 'drawSize'>> & {
      lanes?: number
    } = {},
  ): Load {
    const killed = new AbortController()
    const resting = new AbortController()
    const { lanes = LANES_PER_OWNER, ...rest } = over
    const { apiUrl } = this.platform
    const running = this.keys.flatMap((key, owner) =>
      Array.from({ length: lanes }, (_, lane) =>
        runLane({
          ...rest,
          apiUrl,
          owner,
          key,
          ledger: this.ledger,
          random: new Random(this.options.seed, cycle, owner, lane),
          nextName: () => `file-${++this.#names}`,
          killed: killed.signal,
          resting: resting.signal,
          onProblem: (problem) => this.problems.push(`cycle ${cycle}, under load: ${problem}`),
        }),
      ),
    )
    return {
      end: async () => {
        killed.abort()
        await Promise.all(running)
        this.ledger.connectionsLost()
      },
      rest: async () => {
        resting.abort()
        await Promise.all(running)
      },
    }
  }

  /** Looks at something; that it cannot be looked at is a problem like any other. */
  async check(cycle: number, look: () => Promise<readonly string[]>): Promise<void> {
    const found = await look().catch((error: unknown) => [`it cannot be looked at: ${String(error)}`])
    this.problems.push(...found.map((problem) => `cycle ${cycle}: ${problem}`))
  }

  /** Compares everything with what the clients know; contradictions are kept. */
  async verify(cycle: number): Promise<Found> {
    const found = await verify({ ...this.platform, keys: this.keys, ledger: this.ledger }).catch((error: unknown) => {
      // Keys may be lost as well as files.
      const problem = error instanceof ApiProblem ? `${error.status} ${error.code}` : String(error)
      return { problems: [`not even the lists can be read: ${problem}`], leftovers: new Set<string>() }
    })
    this.problems.push(...found.problems.map((problem) => `cycle ${cycle}: ${problem}`))
    return found
  }

  /** What a mode answers in the end. */
  result(cycles: number, words: string): ModeResult {
    const { ledger, problems, slowestStart } = this
    const tried = `${ledger.files.length} uploads tried, ${ledger.in('there').length} there at the end`
    const summary = [tried, ...(words === '' ? [] : [words]), `slowest start ${Math.round(slowestStart)} ms`].join(', ')
    const lastWords = [...this.#outputs, this.#platform?.output() ?? ''].join('\n---\n').slice(-LAST_WORDS)
    return { cycles, problems, lastWords, summary }
  }

  /** For the line of a cycle. */
  counts(): string {
    return `${this.ledger.in('there').length} files there, ${this.ledger.in('gone').length} gone`
  }

  async end(): Promise<void> {
    await this.#platform?.kill()
  }
}
