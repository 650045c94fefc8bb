import { BackendError, type FetchLimits, type FetchProgress, type TriedProvider } from '../pin-backend.ts'
import type { PinProgress } from './kubo-client.ts'

/** Kubo's own clock ends the call as well: ours comes first, and says why. */
const OWN_CLOCK_MS = 2_000
const TELL_EVERY_MS = 500

/** Watches one fetch by its progress: ends it at a limit or when nothing new comes, and tells how far it is. */
export class FetchWatch implements Disposable {
  /** Of the call that it watches; its reason is a BackendError, or the caller's. */
  readonly signal: AbortSignal
  /** For Kubo itself, later than ours. */
  readonly timeoutMs: number
  blocks = 0
  bytes = 0
  readonly #limits: FetchLimits
  readonly #own = new AbortController()
  readonly #deadline: NodeJS.Timeout
  readonly #stall: NodeJS.Timeout
  readonly #onProgress: ((progress: FetchProgress) => void) | undefined
  #providers: TriedProvider[] = []
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(
    limits: FetchLimits,
    { signal, onProgress }: { signal: AbortSignal; onProgress?: (progress: FetchProgress) => void },
  ) {
    this.#limits = limits
    this.#onProgress = onProgress
    this.signal = AbortSignal.any([signal, this.#own.signal])
    this.timeoutMs = limits.maxMs + OWN_CLOCK_MS
    this.#deadline = setTimeout(() => this.#end('limit_time', `It took longer than ${limits.maxMs} ms.`), limits.maxMs)
    this.#stall = setTimeout(() => this.#endStalled(), limits.stallMs)
  }

  tried(provider: TriedProvider): void {
    this.#providers.push(provider)
    this.#tell()
  }

  take({ blocks, bytes }: PinProgress): void {
    if (blocks > this.blocks) this.#stall.refresh()
    this.blocks = Math.max(this.blocks, blocks)
    this.bytes = Math.max(this.bytes, bytes)
    const { maxBytes, maxBlocks } = this.#limits
    if (this.bytes > maxBytes) this.#end('limit_bytes', `It has more than ${maxBytes} bytes.`)
    else if (this.blocks > maxBlocks) this.#end('limit_blocks', `It has more than ${maxBlocks} blocks.`)
    else this.#tell()
  }

  #tell(): void {
    if (performance.now() - this.#toldAt < TELL_EVERY_MS) return
    this.#toldAt = performance.now()
    const { blocks, bytes } = this
    const providers = this.#providers.splice(0)
    this.#onProgress?.({ phase: blocks === 0 ? 'searching' : 'fetching', blocks, bytes, providers })
  }

  #endStalled(): void {
    if (this.blocks === 0) this.#end('no_providers', 'Nobody was found who has it.')
    else this.#end('stalled', `After ${this.blocks} blocks no more came.`)
  }

  #end(code: BackendError['code'], message: string): void {
    this.#own.abort(new BackendError(code, message))
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#deadline)
    clearTimeout(this.#stall)
  }
}
