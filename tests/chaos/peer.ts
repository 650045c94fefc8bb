import { join } from 'node:path'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { setUp } from '../acceptance/session.ts'
import { contentKey } from './content.ts'
import type { LedgerFile } from './ledger.ts'
import { Random } from './random.ts'
import { formWay } from './ways/form-way.ts'

/** A second platform, whose gateway has copies of some contents. */
export class Peer {
  readonly #platform: SpawnedPlatform
  readonly #key: string
  readonly #holds = new Set<string>()

  private constructor(platform: SpawnedPlatform, key: string) {
    this.#platform = platform
    this.#key = key
  }

  static async start(folder: string): Promise<Peer> {
    const platform = await spawnPlatform({
      dataDir: join(folder, 'peer'),
      environment: { LOG_LEVEL: 'warn' },
      command: [process.execPath, 'apps/platform/src/main.ts', '--without-dashboard'],
    })
    return new Peer(platform, (await setUp(platform)).key)
  }

  get gatewayUrl(): string {
    return this.#platform.gatewayUrl
  }

  holds(file: LedgerFile): boolean {
    return this.#holds.has(contentKey(file))
  }

  /** Uploads the same bytes there. */
  async copy(file: LedgerFile): Promise<void> {
    if (file.shape !== 'file' || this.holds(file)) return
    const signal = AbortSignal.timeout(60_000)
    await formWay.send(file, { apiUrl: this.#platform.apiUrl, key: this.#key, random: new Random(0), signal })
    this.#holds.add(contentKey(file))
  }

  end(): Promise<void> {
    return this.#platform.kill()
  }
}
