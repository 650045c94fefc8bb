import { access, constants } from 'node:fs/promises'
import { freeSpaceOf } from '@apps/api/features/files/free-space'
import { DataFolderInUse } from '@packages/runtime/data-folder-lock'
import { handOverCar } from '../gateway-imports/hand-over-car.ts'
import type { ImportOutcome } from '../gateway-imports/import-folder.ts'
import { takeCar } from '../gateway-imports/take-car.ts'
import { usageError } from './command-line.ts'
import { openStore } from './open-data-folder.ts'
import { type CommandTools, runCommand } from './run-command.ts'

const WAIT_MS = 10 * 60_000
const SYNTAX = { takes: 'FILE', words: { min: 1, max: 1 } }

/** By the platform that runs on the data folder, or here when none does. */
const importCar = async (file: string, tools: CommandTools): Promise<ImportOutcome | null> => {
  const { dataDir, gatewayCacheBytes: cacheBytes, limits } = tools.config
  try {
    const store = await openStore(tools)
    return await takeCar(file, {
      store,
      cacheBytes,
      minFreeBytes: limits.minFreeBytes,
      freeSpace: freeSpaceOf(dataDir),
    })
  } catch (error) {
    if (!(error instanceof DataFolderInUse)) throw error
    return handOverCar(file, { dataDir, waitMs: WAIT_MS })
  }
}

/**
 * `npm run gateway:import-car -- FILE`: the gateway serves the blocks of a CAR without a pin, also of DAGs that lack blocks. They go again when newer CARs need
 * `GATEWAY_CACHE_BYTES`, or pins the disk. The platform may run.
 */
await runCommand(async (tools, { words: [file = ''] }) => {
  if (
    file === '' ||
    !(await access(file, constants.R_OK).then(
      () => true,
      () => false,
    ))
  ) {
    throw usageError('Name a CAR that can be read: npm run gateway:import-car -- FILE')
  }
  const outcome = await importCar(file, tools)
  if (outcome === null) console.error('The platform has not taken it yet; it will, as soon as it can.')
  else if (outcome.kind === 'refused') console.error(outcome.reason)
  else {
    const gone = outcome.evicted === 0 ? '' : ` ${outcome.evicted} older CARs had to go.`
    console.log(`${outcome.blocks} blocks, ${outcome.bytes} bytes, are served now.${gone}`)
  }
  return outcome?.kind === 'imported' ? 0 : 1
}, SYNTAX)
