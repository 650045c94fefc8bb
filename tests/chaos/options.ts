import { parseArgs } from 'node:util'
import { FAULT_NAMES, modeThatFinds } from './faults.ts'
import type { Mode } from './mode.ts'

export type Options = {
  modes: readonly Mode[]
  /** What the caller says; each mode has its own number otherwise. */
  cycles: number | undefined
  seed: number
  fault: string | undefined
  variant: string | undefined
}

/** @throws Error that names the option which is wrong */
export const readOptions = (known: readonly Mode[]): Options => {
  const { values } = parseArgs({
    options: {
      mode: { type: 'string' },
      cycles: { type: 'string' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      fault: { type: 'string' },
      variant: { type: 'string' },
    },
  })
  const { fault, variant } = values
  const cycles = values.cycles === undefined ? undefined : Number(values.cycles)
  const seed = Number(values.seed)
  if ((cycles !== undefined && !(Number.isSafeInteger(cycles) && cycles > 0)) || !Number.isSafeInteger(seed))
    throw new Error('--cycles and --seed are whole numbers')
  if (fault !== undefined && !FAULT_NAMES.includes(fault))
    throw new Error(`--fault is one of ${FAULT_NAMES.join(', ')}`)
  const wanted = values.mode ?? (fault === undefined ? 'kill' : modeThatFinds(fault))
  const modes = wanted === 'all' ? known : known.filter(({ name }) => name === wanted)
  if (modes.length === 0) throw new Error(`--mode is one of ${known.map(({ name }) => name).join(', ')}, all`)
  return { modes, cycles, seed, fault, variant }
}
