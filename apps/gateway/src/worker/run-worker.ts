import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { BlockSource } from '@packages/content/block-source'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { showCertificate } from '@packages/runtime/tls/tls-server'
import type { LogPosition } from '@packages/shared/policy-log'
import type { HeldBlocks } from '../content/held-blocks.ts'
import { HeldContent } from '../content/held-content.ts'
import { NameCache } from '../content/name-cache.ts'
import { TrustedProxies } from '../request/client-address.ts'
import { BufferPool } from '../serve/buffer-pool.ts'
import { drainServer } from '../serve/drain-server.ts'
import { createHandler } from '../serve/handler.ts'
import { type HttpLimits, HTTP_LIMITS } from '../serve/http-limits.ts'
import { createHttpServer } from '../serve/http-server.ts'
import { LinkedResponses } from '../serve/linked-responses.ts'
import { applyPolicy } from './apply-policy.ts'
import { FileQuestions } from './file-questions.ts'
import { NameQuestions } from './name-questions.ts'
import type { FromWorker, Link, ToWorker, WorkerSettings } from './worker-protocol.ts'

export type WorkerDeps = {
  link: Link<FromWorker, ToWorker>
  openBlocks(settings: WorkerSettings): Promise<HeldBlocks>
  /** The ciphertexts of private content. */
  openPrivateBlocks(settings: WorkerSettings): Promise<ClosableSource>
  createLogger(settings: WorkerSettings): MinimalLogger
  limits?: Partial<HttpLimits>
}

export type ClosableSource = BlockSource & { close(): Promise<void> }

type Running = {
  server: Server | TlsServer
  names: NameCache
  content: HeldContent
  linked: LinkedResponses
  blocks: HeldBlocks
  privateBlocks: ClosableSource
}

/** One gateway worker, in a process of its own or beside others: does what the messages on its line say. */
export const runWorker = (deps: WorkerDeps): void => {
  const { link } = deps
  let running: Running | undefined
  const questions = new NameQuestions(link.send)
  const files = new FileQuestions(link.send)
  let heardAt = performance.now()
  let position: LogPosition | undefined
  const policyAgeMs = (): number => performance.now() - heardAt

  const start = async (settings: WorkerSettings): Promise<void> => {
    const limits = { ...HTTP_LIMITS, ...deps.limits }
    const logger = deps.createLogger(settings)
    const blocks = await deps.openBlocks(settings)
    const privateBlocks = await deps.openPrivateBlocks(settings)
    const content = new HeldContent(blocks, {
      hotBytes: settings.hotBytes,
      onCorrupt: (cid) => link.send({ kind: 'corrupt', cid }),
    })
    const names = new NameCache(questions.ask)
    const pool = new BufferPool()
    const linked = new LinkedResponses()
    const handler = createHandler({
      content,
      privateBlocks,
      names,
      files,
      linked,
      proxies: new TrustedProxies(settings.trustedProxies),
      policyAgeMs,
      pool,
      logger,
      pieceTimeoutMs: limits.pieceTimeoutMs,
    })
    const server = createHttpServer(handler, limits, settings.tls)
    const port = await listen(server, settings)
    running = { server, names, content, linked, blocks, privateBlocks }
    link.send({ kind: 'listening', port })
    acknowledge()
  }

  /** What is in force here; nothing before it listens, since it serves nobody then. */
  const acknowledge = (): void => {
    if (running !== undefined && position !== undefined) link.send({ kind: 'ack', position })
  }

  const drain = async (deadlineMs: number): Promise<void> => {
    if (running !== undefined) {
      await drainServer(running.server, deadlineMs)
      await running.blocks.close()
      await running.privateBlocks.close()
    }
    link.send({ kind: 'drained' })
  }

  link.onMessage((message) => {
    heardAt = performance.now()
    if ('position' in message) position = message.position
    if (message.kind === 'start')
      start(message.settings).catch((error: NodeJS.ErrnoException) =>
        link.send({ kind: 'failed', code: error.code ?? error.name, message: error.message }),
      )
    else if (message.kind === 'name') questions.answer(message.id, message.found)
    else if (message.kind === 'file') files.answer(message.id, message.answer)
    else if (message.kind === 'certificate') {
      if (running?.server instanceof TlsServer) showCertificate(running.server, message.tls)
    } else if (message.kind === 'drain') void drain(message.deadlineMs)
    else {
      if (running !== undefined) applyPolicy(message.entries, running)
      acknowledge()
    }
  })
}

const listen = (server: Server | TlsServer, { host, port }: WorkerSettings): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
