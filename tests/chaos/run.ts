import { isInsideNamespace, runInNamespace, whyNoMounts } from './enter-namespace.ts'
import type { Mode } from './mode.ts'
import { bitFlip } from './modes/bit-flip.ts'
import { clock } from './modes/clock.ts'
import { diskFull } from './modes/disk-full.ts'
import { kill } from './modes/kill.ts'
import { pins } from './modes/pins.ts'
import { reachable } from './modes/reachable.ts'
import { powerCut } from './modes/power-cut.ts'
import { type Options, readOptions } from './options.ts'
import { makeRunFolder, makeWorkFolder, removeFolder, removeLeftovers } from './work-folder.ts'

/**
 * `npm run chaos`: one disaster after the other under mixed uploads and deletions; after each the platform has to have
 * everything that was ever acknowledged, and nothing half-written. `--fault NAME` plants a fault that the run has to find.
 */

const MODES: readonly Mode[] = [kill, diskFull, powerCut, clock, bitFlip, pins, reachable]

/** Cycles for each of the mode's shapes. */
const shares = (mode: Mode, cycles: number, { variant }: Options): { variant: string; cycles: number }[] => {
  if (variant !== undefined && !mode.variants.includes(variant))
    throw new Error(`--variant of ${mode.name} is one of: ${mode.variants.join(' | ')}`)
  const chosen = variant === undefined ? mode.variants : [variant]
  return chosen
    .map((name, index) => ({
      variant: name,
      cycles: Math.floor(cycles / chosen.length) + (index < cycles % chosen.length ? 1 : 0),
    }))
    .filter((share) => share.cycles > 0)
}

/** @returns how many problems there were */
const runMode = async (mode: Mode, options: Options, folder: string): Promise<number> => {
  const { seed, fault, cycles: wanted = mode.cycles ?? 60 } = options
  const planted = fault === undefined ? '' : `, planted fault ${fault}`
  console.log(`chaos: ${mode.name}, ${wanted} cycles, seed ${seed}${planted}`)
  const problems: string[] = []
  const summaries: string[] = []
  let cycles = 0
  for (const [index, share] of shares(mode, wanted, options).entries()) {
    const place = await makeRunFolder(folder, `${mode.name}-${index}`)
    const tell = (line: string): void => console.log(`${mode.name} ${line}`)
    const result = await mode.run({ ...share, folder: place, seed: seed + index, fault, tell })
    await removeFolder(place)
    cycles += result.cycles
    problems.push(...result.problems.map((problem) => `${share.variant}: ${problem}`))
    summaries.push(result.summary)
    if (problems.length > 0) {
      console.error(result.lastWords)
      break
    }
  }
  for (const problem of problems.slice(0, 50)) console.error(problem)
  const words = `${cycles} cycles; ${summaries.join('; ')}`
  if (problems.length === 0) console.log(`chaos: ${mode.name}: nothing lost, nothing half-written (${words})`)
  else console.log(`chaos: ${problems.length} problems with seed ${seed} in ${mode.name} (${words})`)
  return problems.length
}

const runAll = async (options: Options, folder: string): Promise<number> => {
  let problems = 0
  for (const mode of options.modes) {
    const why = (mode.mounts ? await whyNoMounts() : null) ?? (await mode.missing?.()) ?? null
    if (why !== null) throw new Error(`the mode ${mode.name} cannot run here: ${why}`)
    problems += await runMode(mode, options, folder)
  }
  return problems === 0 ? 0 : 1
}

const main = async (): Promise<number> => {
  const options = readOptions(MODES)
  if (isInsideNamespace()) return runAll(options, process.env['HOLDFAST_CHAOS_FOLDER'] ?? '')
  for (const line of await removeLeftovers()) console.log(`chaos: ${line}`)
  const folder = await makeWorkFolder()
  try {
    const mounts = options.modes.some((mode) => mode.mounts)
    return mounts && (await whyNoMounts()) === null ? await runInNamespace(folder) : await runAll(options, folder)
  } finally {
    await removeFolder(folder)
  }
}

process.exitCode = await main()
