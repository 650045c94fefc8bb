import type { Lie } from './truth.ts'

/** A node is down after 15 s of silence, which is asked for each second here (`hasten-checks.ts`); a slow machine may take its time. */
const SILENT_MS = 30_000
/** Copies are checked each second here, and each minute elsewhere. */
const ABSENT_MS = 12_000

/** How long each thing that is told has not been so. What stays so for longer than it may take to be noticed is a lie. */
export class LieTimes {
  readonly #since = new Map<string, { began: number; isTold: boolean }>()

  /** What is not so now. @returns lies that have become one by now, each once */
  look(lies: readonly Lie[], now: number): string[] {
    // Silence that ends in a loss is another one from then on: the platform too hears of that only now.
    const open = new Map(lies.map((lie) => [`${lie.about} ${lie.isBySilence}`, lie]))
    for (const key of this.#since.keys()) if (!open.has(key)) this.#since.delete(key)
    const told: string[] = []
    for (const [key, { text, isBySilence }] of open) {
      const of = this.#since.get(key) ?? { began: now, isTold: false }
      this.#since.set(key, of)
      const lasted = now - of.began
      if (of.isTold || lasted <= (isBySilence ? SILENT_MS : ABSENT_MS)) continue
      of.isTold = true
      told.push(`for ${Math.round(lasted / 1_000)} s: ${text}`)
    }
    return told
  }

  /** Whether something is not so, and no lie yet. */
  get isOpen(): boolean {
    return [...this.#since.values()].some(({ isTold }) => !isTold)
  }

  /** All begins anew. */
  forget(): void {
    this.#since.clear()
  }
}
