import type { ClientNetworks } from '../primary/network-of.ts'
import type { NameFailure } from './name-question.ts'

/** `isShared`: whether it is as good for whoever else asks meanwhile. */
export type LookUp<T> = { answer: Promise<T | NameFailure>; isShared: boolean }

const isLimited = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'failure' in answer && answer.failure === 'limited'

/** One look-up of each name at a time, whoever asks for it. */
export class SharedLookUps<T> {
  readonly #asked = new Map<string, { answer: Promise<T | NameFailure>; client: string }>()

  async ask(name: string, { client }: ClientNetworks, begin: () => LookUp<T>): Promise<T | NameFailure> {
    for (let asked = this.#asked.get(name); asked !== undefined; asked = this.#asked.get(name)) {
      const answer = await asked.answer
      // That somebody else may have no more says nothing of this one.
      if (asked.client === client || !isLimited(answer)) return answer
    }
    const { answer, isShared } = begin()
    if (!isShared) return answer
    const asked = { answer: answer.finally(() => this.#asked.delete(name)), client }
    this.#asked.set(name, asked)
    return asked.answer
  }
}
