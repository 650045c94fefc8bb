import { setTimeout as sleep } from 'node:timers/promises'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { comparePositions } from '@packages/db/policy-log'
import type { TakedownList } from '@packages/db/takedowns'
import type { OpenGatewayList } from '@packages/db/open-gateways'
import type { ListenerTls } from '@packages/runtime/tls/tls-server'
import { StartError } from '@packages/runtime/start-error'
import type { LogPosition, PolicyEntry } from '@packages/shared/policy-log'
import { GateTotals } from '../gates/gate-usage.ts'
import type { NameAnswer, NameQuestion } from '../names/name-question.ts'
import type { FarAnswer, FarQuestion } from '../worker/far-question.ts'
import type { NetworkAnswer, NetworkQuestion } from '../worker/network-question.ts'
import type { DownloadQuestion, FileAnswer, FileQuestion } from '../worker/file-question.ts'
import type { FromWorker, WorkerSettings } from '../worker/worker-protocol.ts'
import { tryPort } from './free-port.ts'
import type { SpawnWorker, WorkerHandle } from './worker-handle.ts'
import { workerStartError } from './worker-start-error.ts'

export type WorkerPoolOptions = {
  count: number
  spawn: SpawnWorker
  settings: WorkerSettings
  /** Where the policy log stands for a worker that starts now. */
  position(): LogPosition
  /** Roots that a worker which starts now withholds; null: everything, until it is told. */
  withheld(): readonly string[] | null
  takedowns(): TakedownList
  gateways(): OpenGatewayList
  logger: MinimalLogger
  findName(cid: string, name: string): Promise<boolean | null>
  findFile(question: FileQuestion): Promise<FileAnswer>
  takeDownload(question: DownloadQuestion): Promise<boolean | null>
  answerName(question: NameQuestion): Promise<NameAnswer>
  readFar(question: FarQuestion): Promise<FarAnswer>
  /** A block from the network, for a visit of this worker. */
  fetch(worker: object, visit: number, question: NetworkQuestion): Promise<NetworkAnswer>
  /** Nothing more is wanted for this visit, or for any of the worker, which has gone. */
  leave(worker: object, visit: number | 'all'): void
  /** Some worker has acknowledged more, come, or gone. */
  onChange(): void
  /** A worker has gone without being asked; what it held open in the index has to be given back. */
  onWorkerLost(): void
  onCorrupt(cid: string): void
}

type Member = {
  handle: WorkerHandle
  acked: LogPosition | undefined
  /** The number of the list of roots that it withholds. */
  withholds: number | undefined
  listening: boolean
  gone: Promise<void>
}

const FIRST_RESTART_MS = 100
const LAST_RESTART_MS = 30_000
/** A worker that lived this long was healthy: the next restart is quick again. */
const HEALTHY_MS = 60_000
/** Beyond the deadline of a drain, for the message that it is done. */
const GRACE_MS = 500

/** Keeps `count` workers running, and speaks with them. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  #settings: WorkerSettings
  readonly #members = new Set<Member>()
  readonly #stopping = new AbortController()
  /** Of all workers together. */
  readonly #gateTotals = new GateTotals()
  /** The number of the last list of roots to withhold. */
  #list = 0

  constructor(options: WorkerPoolOptions) {
    this.#options = options
    this.#settings = options.settings
  }

  /** Resolves with the port when all workers listen. @throws StartError when the first one cannot */
  async start(): Promise<number> {
    const { host, port: wanted, ownSockets } = this.#settings
    if (ownSockets)
      await tryPort(host, wanted).catch((error: NodeJS.ErrnoException) => {
        throw workerStartError(this.#settings, { code: error.code ?? error.name, message: error.message })
      })
    // One alone first: it finds out whether the port is free.
    const port = await this.#launch(FIRST_RESTART_MS)
    await Promise.all(Array.from({ length: this.#options.count - 1 }, () => this.#launch(FIRST_RESTART_MS)))
    return port
  }

  tell(position: LogPosition, entries: readonly PolicyEntry[]): void {
    for (const { handle } of this.#members) handle.link.send({ kind: 'policy', position, entries })
  }

  /** For all workers, those that start later included. */
  showCertificate(tls: ListenerTls): void {
    this.#settings = { ...this.#settings, tls }
    for (const { handle } of this.#members) handle.link.send({ kind: 'certificate', tls })
  }

  withhold(roots: readonly string[]): void {
    this.#list++
    for (const { handle } of this.#members) handle.link.send({ kind: 'withhold', roots, list: this.#list })
  }

  /** Whether all that serve withhold the last list, to the last block. */
  get withholdsAll(): boolean {
    return [...this.#members].every(({ listening, withholds }) => !listening || withholds === this.#list)
  }

  /** How far all of them have come; `undefined` while none listens, and so none can serve anything old. */
  acknowledged(): LogPosition | undefined {
    let least: LogPosition | undefined
    for (const { listening, acked } of this.#members) {
      if (!listening || acked === undefined) continue
      if (least === undefined || comparePositions(acked, least) < 0) least = acked
    }
    return least
  }

  get listening(): number {
    return [...this.#members].filter((member) => member.listening).length
  }

  /** Lets requests finish for at most `deadlineMs`, then ends the workers whatever they do. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping.abort()
    await Promise.all(
      [...this.#members].map(async ({ handle, gone }) => {
        handle.link.send({ kind: 'drain', deadlineMs })
        await Promise.race([gone, sleep(deadlineMs + GRACE_MS, undefined, { ref: false })])
        handle.kill()
      }),
    )
    this.#members.clear()
  }

  /** Resolves with the port of a worker that listens. @throws StartError */
  #launch(restartMs: number): Promise<number> {
    const { spawn, position, withheld, takedowns, gateways } = this.#options
    const settings = this.#settings
    const handle = spawn()
    const gone = Promise.withResolvers<void>()
    const listening = Promise.withResolvers<number>()
    const member: Member = { handle, acked: undefined, withholds: undefined, listening: false, gone: gone.promise }
    this.#members.add(member)
    const startedAt = performance.now()
    handle.link.onMessage((message) => {
      if (message.kind === 'drained') gone.resolve()
      else if (message.kind === 'failed') {
        this.#members.delete(member)
        listening.reject(workerStartError(settings, message))
        handle.kill()
      } else if (message.kind === 'listening') {
        member.listening = true
        listening.resolve(message.port)
      } else this.#hear(member, message)
    })
    handle.onExit((reason) => {
      gone.resolve()
      this.#options.leave(handle, 'all')
      listening.reject(new StartError(`A gateway worker ended before it was ready (${reason}).`))
      if (!this.#members.delete(member) || this.#stopping.signal.aborted) return
      this.#options.onChange()
      this.#options.onWorkerLost()
      if (member.listening)
        void this.#replace(reason, performance.now() - startedAt > HEALTHY_MS ? FIRST_RESTART_MS : restartMs)
    })
    handle.link.send({
      kind: 'start',
      settings,
      position: position(),
      withheld: withheld(),
      list: this.#list,
      takedowns: takedowns(),
      gateways: gateways(),
    })
    return listening.promise
  }

  async #replace(reason: string, restartMs: number): Promise<void> {
    const { logger } = this.#options
    logger.error({ reason, restartMs }, 'a gateway worker ended; another one takes its place')
    const { signal } = this.#stopping
    for (let wait = restartMs; !signal.aborted; wait = Math.min(wait * 2, LAST_RESTART_MS)) {
      await sleep(wait, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
      try {
        await this.#launch(Math.min(wait * 2, LAST_RESTART_MS))
        return
      } catch (err) {
        logger.error({ err }, 'a gateway worker could not be started')
      }
    }
  }

  #hear(
    member: Member,
    message: Extract<
      FromWorker,
      {
        kind:
          | 'ack'
          | 'withholds'
          | 'gate-usage'
          | 'ask-name'
          | 'ask-ipns'
          | 'ask-far'
          | 'ask-network'
          | 'leave-network'
          | 'ask-file'
          | 'ask-download'
          | 'corrupt'
      }
    >,
  ): void {
    if (message.kind === 'ack') {
      member.acked = message.position
      this.#options.onChange()
    } else if (message.kind === 'withholds') {
      member.withholds = message.list
      this.#options.onChange()
    } else if (message.kind === 'gate-usage') {
      const { minute, counts } = message
      const totals = this.#gateTotals.add(minute, counts)
      member.handle.link.send({ kind: 'gate-totals', minute, reported: counts, totals })
    } else if (message.kind === 'corrupt') this.#options.onCorrupt(message.cid)
    else if (message.kind === 'ask-name') void this.#answer(member, message)
    else if (message.kind === 'ask-ipns') void this.#answerName(member, message)
    else if (message.kind === 'ask-network') void this.#fetch(member, message)
    else if (message.kind === 'leave-network') this.#options.leave(member.handle, message.visit)
    else if (message.kind === 'ask-far') void this.#readFar(member, message)
    else void this.#answerFile(member, message)
  }

  async #answer(member: Member, { id, cid, name }: Extract<FromWorker, { kind: 'ask-name' }>): Promise<void> {
    const found = await this.#options.findName(cid, name).catch((err: unknown) => {
      this.#options.logger.warn({ err }, 'a name could not be looked up')
      return null
    })
    member.handle.link.send({ kind: 'name', id, found })
  }

  async #answerName(member: Member, { id, question }: Extract<FromWorker, { kind: 'ask-ipns' }>): Promise<void> {
    const answer = await this.#options.answerName(question)
    member.handle.link.send({ kind: 'ipns', id, answer })
  }

  async #readFar(member: Member, { id, question }: Extract<FromWorker, { kind: 'ask-far' }>): Promise<void> {
    const answer = await this.#options.readFar(question)
    member.handle.link.send({ kind: 'far', id, answer })
  }

  async #fetch(
    { handle }: Member,
    { id, visit, question }: Extract<FromWorker, { kind: 'ask-network' }>,
  ): Promise<void> {
    const answer = await this.#options.fetch(handle, visit, question)
    handle.link.send({ kind: 'network', id, answer })
  }

  async #answerFile(
    member: Member,
    message: Extract<FromWorker, { kind: 'ask-file' | 'ask-download' }>,
  ): Promise<void> {
    const { findFile, takeDownload } = this.#options
    const { id } = message
    const answer = await (message.kind === 'ask-file' ? findFile(message.question) : takeDownload(message.question))
    member.handle.link.send({ kind: 'file', id, answer })
  }
}
