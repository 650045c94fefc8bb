import { StoreReader } from '@packages/content/block-store/store-reader'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import { createLogger } from '@packages/runtime/logger'
import { openFetchedBlocks, openHeldBlocks } from './content/open-held-blocks.ts'
import { runWorker } from './worker/run-worker.ts'
import type { FromWorker, ToWorker } from './worker/worker-protocol.ts'

// Ctrl-C and a supervisor's TERM reach the whole process group; the primary drains its workers when it wants them to end.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
// The primary reads certificates again, and ends with its terminal.
process.on('SIGHUP', () => {})
// The primary is gone, however it went: nobody would tell this worker what it must not serve any more.
process.on('disconnect', () => process.exit(0))

runWorker({
  link: {
    send: (message: FromWorker) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => {})
    },
    onMessage: (listener) => {
      process.on('message', (message: ToWorker) => listener(message))
    },
  },
  openBlocks: ({ storeDirectory, realm }) => openHeldBlocks({ directory: storeDirectory, realm }),
  openFetchedBlocks: ({ storeDirectory }) => openFetchedBlocks(storeDirectory),
  openPrivateBlocks: ({ storeDirectory }) => StoreReader.open({ directory: storeDirectory, realm: PRIVATE_REALM }),
  createLogger: ({ logLevel, logFormat }) => createLogger({ level: logLevel, format: logFormat }),
})
