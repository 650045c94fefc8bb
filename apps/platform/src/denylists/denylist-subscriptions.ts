import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Figure } from '@packages/runtime/metrics/figures'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'
import type { SubscribedList, SubscriptionReport } from './subscribed-list.ts'

export type DenylistSubscriptionsOptions = {
  lists: readonly SubscribedList[]
  everyMs: number
  logger: MinimalLogger
  /** How long a start waits for lists of which there is no copy yet. */
  firstMs?: number
}

const FIRST_MS = 10_000
const SOON_MS = 60_000

export const SUBSCRIPTION_FIGURES: Figure[] = [
  { name: 'holdfast_denylists_subscribed', help: 'Denylists that are fetched by their address.', kind: 'gauge' },
  { name: 'holdfast_denylists_failing', help: 'Those whose last try failed; the last good copy holds.', kind: 'gauge' },
  { name: 'holdfast_denylists_rules', help: 'Rules in the copies of subscribed denylists.', kind: 'gauge' },
  {
    name: 'holdfast_denylists_oldest_check_timestamp_seconds',
    help: 'When the one that was renewed longest ago was; nothing while one never was.',
    kind: 'gauge',
  },
]

/** Renews the denylists that are subscribed to, each by itself. */
export class DenylistSubscriptions {
  readonly #options: DenylistSubscriptionsOptions
  readonly #tasks: RepeatingTask[]

  constructor(options: DenylistSubscriptionsOptions) {
    this.#options = options
    const { lists, everyMs, logger } = options
    this.#tasks = lists.map(
      (list) =>
        new RepeatingTask({ name: 'renew a denylist', everyMs, run: (signal) => this.#renew(list, signal), logger }),
    )
  }

  /** Waits for lists that were never here, for a while: without them nothing of theirs would be denied. */
  async start(): Promise<void> {
    const { lists, firstMs = FIRST_MS } = this.#options
    await Promise.all(lists.map((list) => list.open()))
    const unknown = lists.filter(({ isKnown }) => !isKnown)
    const signal = AbortSignal.timeout(firstMs)
    await Promise.all(unknown.map((list) => this.#renew(list, signal)))
    for (const [at, list] of lists.entries())
      this.#tasks[at]?.start(unknown.includes(list) ? Math.min(SOON_MS, this.#options.everyMs) : 0)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#tasks.map((task) => task.stop()))
  }

  report(): SubscriptionReport[] {
    return this.#options.lists.map((list) => list.report())
  }

  figures(): Record<string, number | undefined> {
    const reports = this.report()
    const checked = reports.map(({ checkedAt }) => (checkedAt === null ? undefined : Date.parse(checkedAt) / 1_000))
    const known = checked.filter((at) => at !== undefined)
    return {
      holdfast_denylists_subscribed: reports.length,
      holdfast_denylists_failing: reports.filter(({ error }) => error !== null).length,
      holdfast_denylists_rules: reports.reduce((sum, { rules }) => sum + rules, 0),
      holdfast_denylists_oldest_check_timestamp_seconds:
        known.length === reports.length && known.length > 0 ? Math.min(...known) : undefined,
    }
  }

  /** The copy before stays in force; `report` and the log say why. */
  async #renew(list: SubscribedList, signal: AbortSignal): Promise<void> {
    try {
      await list.renew(signal)
    } catch (err) {
      this.#options.logger.error(
        { err, url: list.report().url },
        'a denylist could not be renewed; the copy before holds',
      )
    }
  }
}
