import { join } from 'node:path'

/** Where CARs wait for the platform that runs on this data folder: `ID.car` until it is taken, `ID.json` is what came of it. */
export const importFolderOf = (dataDir: string): string => join(dataDir, 'gateway-imports')

/** What a command is told. */
export type ImportOutcome =
  | { kind: 'imported'; blocks: number; bytes: number; evicted: number }
  | { kind: 'refused'; reason: string }
