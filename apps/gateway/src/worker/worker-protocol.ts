import type { TakedownList } from '@packages/db/takedowns'
import type { OpenGatewayList } from '@packages/db/open-gateways'
import type { LoggerOptions } from '@packages/runtime/logger'
import type { ListenerTls } from '@packages/runtime/tls/tls-server'
import type { LogPosition, PolicyEntry } from '@packages/shared/policy-log'
import type { GateCount } from '../gates/gate-usage.ts'
import type { NameAnswer, NameQuestion } from '../names/name-question.ts'
import type { SiteSettings } from '../request/site.ts'
import type { FarAnswer, FarQuestion } from './far-question.ts'
import type { NetworkAnswer, NetworkQuestion } from './network-question.ts'
import type { DownloadQuestion, FileAnswer, FileQuestion } from './file-question.ts'

/** What a worker needs to serve; plain data, since it crosses a process border. */
export type WorkerSettings = {
  storeDirectory: string
  realm: string
  host: string
  port: number
  /** Whether each worker listens by a socket of its own, between which the kernel spreads connections evenly (ADR 0062). */
  ownSockets: boolean
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[]
  /** Where people reach the gateway. */
  origin: string
  /** Whether `_redirects` files may lead to other hosts. */
  redirectsElsewhere: boolean
  /** The file that has a line for each answer; null: there is none. */
  accessLog: string | null
  /** Whether the kernel may send from files (ADR 0173). */
  sendfile: boolean
  /** Whether caches in front are told how long to keep answers, and by which tags they are purged. */
  sharedCaches: boolean
  /** Which hosts are more than path gateways. */
  sites: SiteSettings
  /** Null listens for plain HTTP. */
  tls: ListenerTls | null
  /** What browsers are told of reaching this host by HTTPS alone; null: nothing. */
  hsts: string | null
  /** Files of the operator's denylists, in their order. */
  denylists: readonly string[]
  /** Whether nodes have what the own store does not. */
  readsOn: boolean
  /** Whether content that is not here is fetched from the network, and how long a request may wait for its first byte; null: it is not. */
  fetches: { timeoutMs: number } | null
  /** Bytes of small files kept in memory with their headers. */
  hotBytes: number
  logLevel: LoggerOptions['level']
  logFormat: LoggerOptions['format']
}

/** Primary to worker. */
export type ToWorker =
  /** `position`: a worker starts with empty caches, so everything up to here is known to it already. */
  | {
      kind: 'start'
      settings: WorkerSettings
      position: LogPosition
      withheld: readonly string[] | null
      list: number
      /** All that are in force at that position. */
      takedowns: TakedownList
      gateways: OpenGatewayList
    }
  /** Roots that nobody but suspended organizations holds; those and no others are withheld. Until it is told, nothing public is served. */
  | { kind: 'withhold'; roots: readonly string[]; list: number }
  /** New entries up to `position`; without entries it only says that there is nothing newer. */
  | { kind: 'policy'; position: LogPosition; entries: readonly PolicyEntry[] }
  /** What all workers have counted of the gateways of a report, this report included. */
  | { kind: 'gate-totals'; minute: number; reported: readonly GateCount[]; totals: readonly GateCount[] }
  /** What handshakes show from now on. */
  | { kind: 'certificate'; tls: ListenerTls }
  /** The answer to `ask-name`; `null`: it could not be found out. */
  | { kind: 'name'; id: number; found: boolean | null }
  /** The answer to `ask-ipns`. */
  | { kind: 'ipns'; id: number; answer: NameAnswer }
  /** The answer to `ask-file` or `ask-download`; `null`: it could not be found out. */
  | { kind: 'file'; id: number; answer: FileAnswer | boolean | null }
  /** The answer to `ask-far`. */
  | { kind: 'far'; id: number; answer: FarAnswer }
  /** The answer to `ask-network`. */
  | { kind: 'network'; id: number; answer: NetworkAnswer }
  /** Stop accepting, finish what is under way, and cut the rest after `deadlineMs`. */
  | { kind: 'drain'; deadlineMs: number }

/** Worker to primary. */
export type FromWorker =
  | { kind: 'listening'; port: number }
  | { kind: 'failed'; code: string; message: string }
  /** Everything up to `position` is in force here. */
  | { kind: 'ack'; position: LogPosition }
  /** The roots of this list are withheld, with what is below them as far as that can be read. */
  | { kind: 'withholds'; list: number }
  | { kind: 'ask-name'; id: number; cid: string; name: string }
  | { kind: 'ask-file'; id: number; question: FileQuestion }
  | { kind: 'ask-download'; id: number; question: DownloadQuestion }
  | { kind: 'ask-ipns'; id: number; question: NameQuestion }
  | { kind: 'ask-far'; id: number; question: FarQuestion }
  /** A block from the network, for a visit. */
  | { kind: 'ask-network'; id: number; visit: number; question: NetworkQuestion }
  /** The visit is over: nothing more is wanted for it. */
  | { kind: 'leave-network'; visit: number }
  /** What went through gateways with limits since the last report. */
  | { kind: 'gate-usage'; minute: number; counts: readonly GateCount[] }
  /** A block did not match its hash and was not served. */
  | { kind: 'corrupt'; cid: string }
  | { kind: 'drained' }

/** One end of the line between primary and worker: IPC of a child process, or a pair within one process. */
export type Link<Out, In> = {
  send(message: Out): void
  onMessage(listener: (message: In) => void): void
}
