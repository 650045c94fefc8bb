import { fileURLToPath } from 'node:url'
import type { SpawnOptions } from '@packages/testkit/spawn-platform'

const plant = fileURLToPath(new URL('plant-fault.ts', import.meta.url))

/**
 * Faults that a run has to find, or it proves nothing, and the mode that has to find each. They are put into the real
 * program by `plant-fault.ts`.
 */
const FAULTS: Record<string, { mode: string; environment?: Record<string, string> }> = {
  /** PostgreSQL answers before its log is written: what was acknowledged right before the kill is lost. */
  'lose-commits': { mode: 'kill', environment: { PGOPTIONS: '-c synchronous_commit=off' } },
  /** Links between blocks are not counted: content that two files share goes with the first. */
  'drop-references': { mode: 'kill' },
  /** The last writes to the store are lost, although they were acknowledged. */
  'lose-tails': { mode: 'kill' },
  /** What was deleted is never released. */
  'forget-releases': { mode: 'kill' },
  /** Segments are written and never synced. */
  'skip-sync': { mode: 'power-cut' },
  /** Uploads are acknowledged before the sync of their segment, which follows a second later. */
  'sync-late': { mode: 'power-cut' },
  /** PostgreSQL never syncs. */
  'database-unsynced': { mode: 'power-cut' },
  /** A segment that could not be written is taken for written. */
  'swallow-full': { mode: 'disk-full' },
  /** Once the disk was full, the store takes nothing any more. */
  'stay-full': { mode: 'disk-full' },
  /** Seven days in quarantine are a matter of dates. */
  'trust-dates': { mode: 'clock' },
  /** Pins are dated by the clock, whatever there was before. */
  'pins-by-clock': { mode: 'clock' },
  /** Stored blocks are not hashed. */
  'trust-blocks': { mode: 'bit-flip' },
  /** Damage is answered with an error and told nowhere. */
  'tell-nothing': { mode: 'bit-flip', environment: { LOG_LEVEL: 'silent' } },
  /** A 200 of the push counts as a confirmation. */
  'pins-by-hope': { mode: 'pins' },
  /** What the rows say of a node's copies is not asked of the node. */
  'trust-rows': { mode: 'pins' },
  /** Whatever minimum a pin has, two copies are enough for it. */
  'two-are-enough': { mode: 'pins' },
  /** What goes to private nodes goes to a public one as well. */
  'mix-networks': { mode: 'pins' },
  /** Private files go to private nodes as their owners sent them. */
  'private-in-clear': { mode: 'pins' },
  /** The key that is kept of a private file is not the one that it was encrypted with. */
  'lose-keys': { mode: 'pins' },
  /** Now and then a pin that is pinned vanishes. */
  'lose-pins': { mode: 'reachable' },
}

export const FAULT_NAMES = Object.keys(FAULTS)

export const modeThatFinds = (fault: string): string => FAULTS[fault]?.mode ?? 'kill'

/** Options of `spawnPlatform` that load these modules and plant this fault. */
export const withFault = (
  options: SpawnOptions,
  { fault, preloads = [] }: { fault?: string | undefined; preloads?: readonly string[] | undefined },
): SpawnOptions => {
  const modules = [...preloads, ...(fault === undefined ? [] : [plant])]
  return {
    ...options,
    command: [process.execPath, 'apps/platform/src/main.ts', '--without-dashboard'],
    environment: {
      ...options.environment,
      // Not on the command line: processes that it starts, the gateway's workers above all, get it too.
      ...(modules.length === 0 ? {} : { NODE_OPTIONS: modules.map((path) => `--import="${path}"`).join(' ') }),
      ...(fault === undefined ? {} : { ...FAULTS[fault]?.environment, CHAOS_FAULT: fault }),
    },
  }
}
