import { parseArgs } from 'node:util'
import type { BenchRow } from './bench-row.ts'

export type BenchOptions = {
  rows: readonly BenchRow[]
  rounds: number
  json: string | null
  peer: boolean
  cpuProfiles: string | null
}

export const USAGE = `npm run bench -- [--rows a,b] [--rounds N] [--json FILE] [--no-peer] [--cpu-prof FOLDER]`

/** @throws Error with a line for people about what is wrong */
export const readOptions = (args: readonly string[], known: readonly BenchRow[]): BenchOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'string' },
      'no-peer': { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
    },
  })
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1')
  const names = values.rows?.split(',') ?? known.map(({ name }) => name)
  const rows = names.map((name) => {
    const row = known.find((each) => each.name === name)
    if (row === undefined)
      throw new Error(`there is no row ${name}; there are ${known.map((each) => each.name).join(', ')}`)
    return row
  })
  return { rows, rounds, json: values.json ?? null, peer: !values['no-peer'], cpuProfiles: values['cpu-prof'] ?? null }
}
