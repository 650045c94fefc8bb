import type { BenchRow } from './bench-row.ts'
import type { Result } from './run-row.ts'

/** One row of `--json`. `ratio` above 1 means that we are better; a row without a peer has null in its place. */
export type ReportRow = {
  row: string
  unit: string
  ours: number
  peer: number | null
  peerName: string | null
  ratio: number | null
  rounds: number
}

/** The line of the table for what `runRow` found; the first result is ours, the second one, if any, the peer's. */
export const toReportRow = (row: BenchRow, [ours, peer]: readonly Result[], rounds: number): ReportRow => {
  if (ours === undefined) throw new Error('a row needs a contestant')
  const facts = { row: row.name, unit: row.unit, ours: ours.value, rounds }
  return peer === undefined
    ? { ...facts, peer: null, peerName: null, ratio: null }
    : { ...facts, peer: peer.value, peerName: peer.contestant, ratio: ours.value / peer.value }
}

/** Three digits, or all before the point. */
const figure = (value: number): string => {
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value.toPrecision(3)
}

const HEADINGS = [
  'row',
  'unit',
  'ours',
  'peer',
  'ratio',
  'spread ours/peer',
  'load CPU ours/peer',
  'server CPU ours/peer',
]

const spread = ({ values }: Result): string =>
  `±${Math.round(((Math.max(...values) - Math.min(...values)) / 2 / (values.reduce((a, b) => a + b) / values.length)) * 100)} %`

/** A Markdown line for people: medians, half the range of the rounds, and how many cores the load and the servers used. */
export const tableLine = (row: ReportRow, results: readonly Result[]): string => {
  const both = (show: (result: Result) => string): string => results.map(show).join(' / ')
  const cells = [
    row.row,
    row.unit,
    figure(row.ours),
    row.peer === null ? '–' : figure(row.peer),
    row.ratio === null ? '–' : row.ratio.toFixed(2),
    both(spread),
    both(({ loadCores }) => loadCores.toFixed(2)),
    both(({ serverCores }) => serverCores.toFixed(2)),
  ]
  return `| ${cells.join(' | ')} |`
}

export const tableHead = (): string => `| ${HEADINGS.join(' | ')} |\n|${HEADINGS.map(() => '---').join('|')}|`
