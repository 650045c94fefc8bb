type Waiting<Q, A> = { question: Q; resolve(answer: A): void; reject(error: unknown): void }

const MAX_BATCH = 500

/**
 * Questions that come while a statement runs go together into the next one, so that a crowd of them costs the database one
 * connection at most.
 */
export class BatchedQuestions<Q, A> {
  readonly #answer: (questions: readonly Q[]) => Promise<readonly A[]>
  #waiting: Waiting<Q, A>[] = []
  #running = false

  /** @param answer one answer for each question, in their order; what it throws is thrown to all of them */
  constructor(answer: (questions: readonly Q[]) => Promise<readonly A[]>) {
    this.#answer = answer
  }

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) await this.#askAll(this.#waiting.splice(0, MAX_BATCH))
    this.#running = false
  }

  async #askAll(batch: readonly Waiting<Q, A>[]): Promise<void> {
    try {
      const answers = await this.#answer(batch.map(({ question }) => question))
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as A)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
