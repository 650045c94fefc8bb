import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AddressInfo } from 'node:net'
import type { BlockSource } from '@packages/content/block-source'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { SparseLog } from '@packages/runtime/sparse-log'
import { showCertificate } from '@packages/runtime/tls/tls-server'
import type { LogPosition } from '@packages/shared/policy-log'
import { Takedowns } from '@packages/db/takedowns'
import type { CID } from 'multiformats/cid'
import { AccessLog } from '../access-log/access-log.ts'
import { FarTrees } from '../content/far-tree.ts'
import type { HeldBlocks } from '../content/held-blocks.ts'
import { HeldContent } from '../content/held-content.ts'
import { withIdentity } from '../content/identity-blocks.ts'
import { CachedToo } from '../content/cached-too.ts'
import { NetworkTrees } from '../content/network-trees.ts'
import { NameCache } from '../content/name-cache.ts'
import { ResolvedNames } from '../content/resolved-names.ts'
import { WithholdingBlocks } from '../content/withholding-blocks.ts'
import { Gates } from '../gates/gates.ts'
import { GateUsage, minuteOf } from '../gates/gate-usage.ts'
import { Denylist } from '../denylist/denylist.ts'
import { denyingBlocks } from '../denylist/denying-blocks.ts'
import { TrustedProxies } from '../request/client-address.ts'
import { Redirects } from '../redirects/read-redirects.ts'
import { gatewayPeer } from '../routing/peer-record.ts'
import { Sites } from '../request/site.ts'
import { BufferPool } from '../serve/buffer-pool.ts'
import { drainServer } from '../serve/drain-server.ts'
import { createHandler, type FetchFor } from '../serve/handler.ts'
import { type HttpLimits, HTTP_LIMITS } from '../serve/http-limits.ts'
import { createHttpServer } from '../serve/http-server.ts'
import { LinkedResponses } from '../serve/linked-responses.ts'
import { SharedCaches } from '../serve/shared-caches.ts'
import { openSystemCalls } from '../serve/system-calls.ts'
import { Withdrawals } from '../serve/withdrawals.ts'
import { applyPolicy } from './apply-policy.ts'
import { IpnsQuestions } from './ipns-questions.ts'
import { FarQuestions } from './far-questions.ts'
import { NetworkQuestions } from './network-questions.ts'
import { FileQuestions } from './file-questions.ts'
import { NameQuestions } from './name-questions.ts'
import type { FromWorker, Link, ToWorker, WorkerSettings } from './worker-protocol.ts'

export type WorkerDeps = {
  link: Link<FromWorker, ToWorker>
  openBlocks(settings: WorkerSettings): Promise<HeldBlocks>
  /** What was fetched from the network before; asked for in mode `open` alone. */
  openFetchedBlocks(settings: WorkerSettings): Promise<HeldBlocks>
  /** The ciphertexts of private content. */
  openPrivateBlocks(settings: WorkerSettings): Promise<ClosableSource>
  createLogger(settings: WorkerSettings): MinimalLogger
  limits?: Partial<HttpLimits>
}

const WALK_BEFORE_MS = 5_000
const GATE_REPORT_MS = 250

export type ClosableSource = BlockSource & { close(): Promise<void> }

type WithheldList = { roots: readonly string[] | null; list: number }

type Running = {
  server: Server | TlsServer
  accessLog: AccessLog | undefined
  denylist: Denylist
  names: NameCache
  resolved: ResolvedNames
  content: HeldContent
  linked: LinkedResponses
  blocks: WithholdingBlocks
  fetched: HeldBlocks | null
  privateBlocks: ClosableSource
  logger: MinimalLogger
}

/** One gateway worker, in a process of its own or beside others: does what the messages on its line say. */
export const runWorker = (deps: WorkerDeps): void => {
  const { link } = deps
  let running: Running | undefined
  const questions = new NameQuestions(link.send)
  const files = new FileQuestions(link.send)
  const ipns = new IpnsQuestions(link.send)
  const far = new FarQuestions(link.send)
  const network = new NetworkQuestions(link.send)
  let heardAt = performance.now()
  let position: LogPosition | undefined
  let withheld: WithheldList = { roots: null, list: 0 }
  /** Before it serves, too: what comes while it opens its store is in force from the first request on. */
  let takedowns = new Takedowns()
  let denied: Denylist | undefined
  let gates = new Gates()
  const gateUsage = new GateUsage()
  const withdrawals = new Withdrawals()
  let reporting: NodeJS.Timeout | undefined
  const policyAgeMs = (): number => performance.now() - heardAt

  const start = async (settings: WorkerSettings): Promise<void> => {
    const limits = { ...HTTP_LIMITS, ...deps.limits }
    const logger = deps.createLogger(settings)
    const blocks = new WithholdingBlocks(await deps.openBlocks(settings))
    const applied = withheld
    await withholdAndOpen(blocks, logger)
    const privateBlocks = await deps.openPrivateBlocks(settings)
    const denylist = await Denylist.open({ files: settings.denylists, takedowns, logger })
    denied = denylist
    // Behind what is withheld: from the network it is as what is not here.
    const fetched = settings.fetches === null ? null : await deps.openFetchedBlocks(settings)
    const held = fetched === null ? blocks : new CachedToo(blocks, fetched)
    const content = new HeldContent(denyingBlocks(held, denylist), {
      hotBytes: settings.hotBytes,
      onCorrupt: (cid) => link.send({ kind: 'corrupt', cid }),
    })
    const own = withIdentity(denyingBlocks(blocks, denylist))
    denylist.onChange(() => {
      withdrawals.add()
      content.forgetAll()
    })
    const names = new NameCache(questions.ask)
    const resolved = new ResolvedNames((name, client) => ipns.resolve(name, client))
    const pool = new BufferPool()
    const sites = new Sites(settings.sites)
    const linked = new LinkedResponses()
    const handler = createHandler({
      content,
      far: settings.readsOn ? new FarTrees({ questions: far, denylist }) : null,
      network: fetchFor(settings, { content, denylist, blocks }),
      denylist,
      privateBlocks,
      names,
      files,
      linked,
      proxies: new TrustedProxies(settings.trustedProxies),
      sites,
      gates,
      gateUsage,
      peer: gatewayPeer(settings.origin),
      provides: (cid) => own.sizeOf(cid) !== undefined,
      ipns,
      resolved,
      sharedCaches: settings.sharedCaches ? new SharedCaches({ withdrawals, policyAgeMs }) : null,
      withdrawals,
      redirects: new Redirects(),
      redirectsElsewhere: settings.redirectsElsewhere,
      policyAgeMs,
      pool,
      calls: settings.sendfile ? openSystemCalls() : null,
      logger,
      pieceTimeoutMs: limits.pieceTimeoutMs,
      hsts: settings.hsts,
    })
    const accessLog = accessLogOf(settings, logger)
    const server = createHttpServer(accessLog?.of(handler) ?? handler, limits, settings.tls, sites)
    const port = await listen(server, settings)
    running = { server, accessLog, denylist, names, resolved, content, linked, blocks, fetched, privateBlocks, logger }
    if (withheld !== applied) void withholdAndOpen(blocks, logger)
    link.send({ kind: 'listening', port })
    reporting = setInterval(reportGates, GATE_REPORT_MS).unref()
    acknowledge()
  }

  const fetchFor = (
    { fetches }: WorkerSettings,
    { content, denylist, blocks }: Pick<Running, 'content' | 'denylist' | 'blocks'>,
  ): FetchFor | null => {
    if (fetches === null) return null
    const { timeoutMs } = fetches
    const withholds = (cid: CID): boolean => blocks.withholds(cid)
    const trees = new NetworkTrees({ held: content.source, withholds, denylist, timeoutMs })
    return (fetcher, response) => {
      const visit = network.visit(fetcher, response, timeoutMs)
      return { open: (cid) => trees.open(cid, visit) }
    }
  }

  /** What is withheld is so from the first request on; a walk that takes its time goes on beside them. */
  const withholdAndOpen = async (blocks: WithholdingBlocks, logger: MinimalLogger): Promise<void> => {
    const { roots, list } = withheld
    if (roots === null) return
    const walked = withhold(blocks, roots, logger).then(() => {
      withdrawals.add()
      link.send({ kind: 'withholds', list })
    })
    await Promise.race([walked, sleep(WALK_BEFORE_MS, undefined, { ref: false })])
    blocks.open()
  }

  /** What is in force here; nothing before it listens, since it serves nobody then. */
  const acknowledge = (): void => {
    if (running !== undefined && position !== undefined) link.send({ kind: 'ack', position })
  }

  const reportGates = (): void => {
    const now = Date.now()
    const counts = gateUsage.report(now)
    if (counts.length > 0) link.send({ kind: 'gate-usage', minute: minuteOf(now), counts })
  }

  const drain = async (deadlineMs: number): Promise<void> => {
    clearInterval(reporting)
    if (running !== undefined) {
      await drainServer(running.server, deadlineMs)
      await running.accessLog?.close()
      await running.denylist.close()
      await running.blocks.close()
      await running.fetched?.close()
      await running.privateBlocks.close()
    }
    link.send({ kind: 'drained' })
  }

  link.onMessage((message) => {
    // Other answers say nothing of the log: who gives them may have lost the database.
    if ('position' in message) {
      heardAt = performance.now()
      position = message.position
    }
    if (message.kind === 'start') {
      withheld = { roots: message.withheld, list: message.list }
      takedowns = new Takedowns(message.takedowns)
      gates = new Gates(message.gateways)
      start(message.settings).catch((error: NodeJS.ErrnoException) =>
        link.send({ kind: 'failed', code: error.code ?? error.name, message: error.message }),
      )
    } else if (message.kind === 'withhold') {
      withheld = message
      if (running !== undefined) void withholdAndOpen(running.blocks, running.logger)
    } else if (message.kind === 'gate-totals') gateUsage.hear(message.minute, message.reported, message.totals)
    else if (message.kind === 'name') questions.answer(message.id, message.found)
    else if (message.kind === 'ipns') ipns.answer(message.id, message.answer)
    else if (message.kind === 'network') network.answer(message.id, message.answer)
    else if (message.kind === 'far') far.answer(message.id, message.answer)
    else if (message.kind === 'file') files.answer(message.id, message.answer)
    else if (message.kind === 'certificate') {
      if (running?.server instanceof TlsServer) showCertificate(running.server, message.tls)
    } else if (message.kind === 'drain') void drain(message.deadlineMs)
    else {
      if (takedowns.hear(message.entries)) denied?.takedownsChanged()
      gates.hear(message.entries)
      withdrawals.hear(message.entries)
      if (running !== undefined) applyPolicy(message.entries, running)
      acknowledge()
    }
  })
}

const accessLogOf = ({ accessLog, trustedProxies }: WorkerSettings, logger: MinimalLogger): AccessLog | undefined => {
  if (accessLog === null) return undefined
  const sparse = new SparseLog()
  let untold = 0
  const onLost = (err: unknown, lines: number): void => {
    untold += lines
    sparse.tell('lost', () => {
      logger.error({ err, lines: untold }, 'lines of the access log were lost')
      untold = 0
    })
  }
  return new AccessLog(accessLog, { proxies: new TrustedProxies(trustedProxies), onLost })
}

const withhold = async (blocks: WithholdingBlocks, roots: readonly string[], logger: MinimalLogger): Promise<void> => {
  try {
    const isWhole = await blocks.withhold(roots)
    if (!isWhole)
      logger.error(
        { roots: roots.length },
        'what is withheld is more than can be remembered, or cannot be read: inner blocks of some of it are served',
      )
  } catch (err) {
    if (!(err instanceof Error && err.name === 'AbortError'))
      logger.error({ err }, 'what is below a withheld root could not be walked through')
  }
}

const listen = (server: Server | TlsServer, { host, port, ownSockets }: WorkerSettings): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, reusePort: ownSockets }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
