import type { Contestant } from '../contestants/contestant.ts'

/** What one trial of one contestant gave. */
export type Sample = {
  /** In the row's unit; more is better. */
  value: number
  /** CPU seconds of load programs that ran outside of this process. */
  loadCpuSeconds?: number
  /** Has to be the same for all contestants of one round, such as the CID: then the work was the same. */
  proof?: string
}

/** Runs one trial. Round 0 is the warm-up; all contestants get the same work in the same round. */
export type Trial = (round: number) => Promise<Sample>

/** One line of the table: a file under `rows/` exports one. */
export type BenchRow = {
  name: string
  /** Of a rate: more is better. */
  unit: string
  /** What is measured, in a line for people. */
  about: string
  /** The one contestant that takes part, where nobody else has the like. */
  only?: string
  /** It reads files as they are by their CIDs, which a plain web server can do as well. */
  isOfPlainFiles?: true
  /** Puts in place what the trials need, once for each contestant. */
  prepare(contestant: Contestant): Promise<Trial>
  /** Ends what it has started of its own, after the last round. */
  close?(): Promise<void>
}
