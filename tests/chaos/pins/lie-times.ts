import type { Lie } from './truth.ts'

/** How soon it must be noticed that something is not so: where nodes answer, and where they do not. In ms. */
export type LieBounds = { absent: number; silent: number }

/** Copies are checked each minute, a node is down after 15 s of silence, and one that is up and says nothing is doubted after two rounds; a slow machine may take its time. */
export const USUAL: LieBounds = { absent: 120_000, silent: 240_000 }
/** All of that is asked for each second (`hasten-checks.ts`). */
export const HASTENED: LieBounds = { absent: 12_000, silent: 30_000 }

/** How long each thing that is told has not been so. What stays so for longer than it may take to be noticed is a lie. */
export class LieTimes {
  readonly #bounds: LieBounds
  readonly #since = new Map<string, { began: number; isTold: boolean }>()

  constructor(bounds: LieBounds) {
    this.#bounds = bounds
  }

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
      if (of.isTold || lasted <= (isBySilence ? this.#bounds.silent : this.#bounds.absent)) continue
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
