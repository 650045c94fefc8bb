import { openDatabase } from '@packages/db/open-database'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { unlimited } from '@packages/runtime/rate-limiter'
import cluster from 'node:cluster'
import { startGateway } from '../start-gateway.ts'

// A primary in a process of its own, to be killed: DATABASE_URL and STORE_DIRECTORY say what to serve.
const { DATABASE_URL = '', STORE_DIRECTORY = '' } = process.env
const db = await openDatabase({ url: DATABASE_URL, logger: silentLogger, poolSize: 2 })
const gateway = await startGateway({
  db,
  storeDirectory: STORE_DIRECTORY,
  host: '127.0.0.1',
  port: 0,
  workers: 2,
  files: {
    passwordTries: { client: unlimited, link: unlimited },
    authenticateReader: undefined,
    privateFiles: undefined,
  },
  logger: silentLogger,
  logLevel: 'silent',
})
const pids = Object.values(cluster.workers ?? {}).map((worker) => worker?.process.pid)
process.stdout.write(`${JSON.stringify({ port: gateway.port, pids })}\n`)
