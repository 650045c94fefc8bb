/** What a mode needs for one run on one fresh data folder. */
type ModeRun = {
  /** A folder of its own, empty; removed afterwards. */
  folder: string
  cycles: number
  seed: number
  /** One of the mode's own. */
  variant: string
  fault?: string | undefined
  /** Prints one line, with the mode's name before it. */
  tell(line: string): void
}

export type ModeResult = {
  cycles: number
  problems: string[]
  /** The last that the platform printed; shown when there are problems. */
  lastWords: string
  /** For the last line. */
  summary: string
}

/** One kind of disaster. */
export type Mode = {
  name: string
  /** Different shapes of it: the cycles are divided among them, each on a fresh data folder. */
  variants: readonly [string, ...string[]]
  /** How many unless the caller says; 60 by default. */
  cycles?: number
  /** Mounts file systems: needs root, loop devices and a mount namespace of its own (`enter-namespace.ts`). */
  mounts: boolean
  /** Programs or libraries without which it fails. @returns why it cannot run here, or null */
  missing?(): Promise<string | null>
  run(run: ModeRun): Promise<ModeResult>
}
