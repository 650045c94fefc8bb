import { fileURLToPath } from 'node:url'
import type { SpawnOptions } from '@packages/testkit/spawn-platform'

const plant = fileURLToPath(new URL('plant-fault.ts', import.meta.url))

/**
 * Faults that a run has to find, or it proves nothing. All but the first are put into the content store of the real program by
 * `plant-fault.ts`.
 */
const ENVIRONMENT: Record<string, Record<string, string>> = {
  /** PostgreSQL answers before its log is written: what was acknowledged right before the kill is lost. */
  'lose-commits': { PGOPTIONS: '-c synchronous_commit=off' },
  /** Links between blocks are not counted: content that two files share goes with the first. */
  'drop-references': {},
  /** The last writes to the store are lost, although they were acknowledged. */
  'lose-tails': {},
  /** What was deleted is never released. */
  'forget-releases': {},
}

export const FAULTS = Object.keys(ENVIRONMENT)

/** Options of `spawnPlatform` that plant this fault. */
export const withFault = (fault: string, options: SpawnOptions): SpawnOptions => ({
  ...options,
  command: [process.execPath, '--import', plant, 'apps/platform/src/main.ts'],
  environment: { ...options.environment, ...ENVIRONMENT[fault], CHAOS_FAULT: fault },
})
