/**
 * A part of the platform that runs: `start` resolves when it is ready, `stop` drains it and resolves when it holds
 * nothing any more. `stop` is called at most once, and only after `start` resolved.
 */
export type Service = {
  readonly name: string
  start(): Promise<void>
  stop(): Promise<void>
  /** How long `stop` may take, in ms; 2,000 by default. */
  readonly stopTimeoutMs?: number
}
