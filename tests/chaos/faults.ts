import { fileURLToPath } from 'node:url'
import type { SpawnOptions } from '@packages/testkit/spawn-platform'

const plant = fileURLToPath(new URL('plant-fault.ts', import.meta.url))

/**
 * Faults that a run has to find, or it proves nothing. All but the first are planted in the content store of the real
 * program, by a module that is loaded before it; `plant-fault.ts` says how.
 */
const HOW: Record<string, Partial<SpawnOptions>> = {
  /** PostgreSQL answers before its log is written: what was acknowledged right before the kill is lost. */
  'lose-commits': { environment: { PGOPTIONS: '-c synchronous_commit=off' } },
  /** Now and then a link between blocks is not counted: content that two files share goes with the first. */
  'drop-references': {},
  /** An upload is acknowledged while its blocks are still in memory. */
  'acknowledge-early': {},
  /** A release is forgotten: what was deleted is still served. */
  'forget-releases': {},
}

export const FAULTS = Object.keys(HOW)

/** Options of `spawnPlatform` that plant this fault. */
export const withFault = (fault: string, options: SpawnOptions): SpawnOptions => ({
  ...options,
  command: [process.execPath, '--import', plant, 'apps/platform/src/main.ts'],
  environment: { ...options.environment, ...HOW[fault]?.environment, CHAOS_FAULT: fault },
})
