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
  /** The same ratio for what a CPU second of the server gives. */
  ratioPerCpu: number | null
  /** A plain web server, where one took part. */
  plain: number | null
  plainRatio: number | null
  rounds: number
}

export const PLAIN_SERVER = 'nginx'

/** The line of the table for what `runRow` found; the first result is ours. */
export const toReportRow = (row: BenchRow, [ours, ...others]: readonly Result[], rounds: number): ReportRow => {
  if (ours === undefined) throw new Error('a row needs a contestant')
  const peer = others.find(({ contestant }) => contestant !== PLAIN_SERVER)
  const plain = others.find(({ contestant }) => contestant === PLAIN_SERVER)
  return {
    row: row.name,
    unit: row.unit,
    ours: ours.value,
    peer: peer?.value ?? null,
    peerName: peer?.contestant ?? null,
    ratio: peer === undefined ? null : ours.value / peer.value,
    ratioPerCpu: peer === undefined ? null : perCpu(ours) / perCpu(peer),
    plain: plain?.value ?? null,
    plainRatio: plain === undefined ? null : ours.value / plain.value,
    rounds,
  }
}

const perCpu = ({ value, serverCores }: Result): number => value / serverCores

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
  'ratio per CPU second',
  'nginx',
  'ratio',
  'spread of each',
  'load CPU of each',
  'server CPU of each',
]

const spread = ({ values }: Result): string =>
  `±${Math.round(((Math.max(...values) - Math.min(...values)) / 2 / (values.reduce((a, b) => a + b) / values.length)) * 100)} %`

/** A Markdown line for people: medians, half the range of the rounds, and how many cores the load and the servers used. */
export const tableLine = (row: ReportRow, results: readonly Result[]): string => {
  const each = (show: (result: Result) => string): string => results.map(show).join(' / ')
  const cells = [
    row.row,
    row.unit,
    figure(row.ours),
    row.peer === null ? '–' : figure(row.peer),
    row.ratio === null ? '–' : row.ratio.toFixed(2),
    row.ratioPerCpu === null ? '–' : row.ratioPerCpu.toFixed(2),
    row.plain === null ? '–' : figure(row.plain),
    row.plainRatio === null ? '–' : row.plainRatio.toFixed(2),
    each(spread),
    each(({ loadCores }) => loadCores.toFixed(2)),
    each(({ serverCores }) => serverCores.toFixed(2)),
  ]
  return `| ${cells.join(' | ')} |`
}

export const tableHead = (): string => `| ${HEADINGS.join(' | ')} |\n|${HEADINGS.map(() => '---').join('|')}|`
