import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import type { FromWorker, ToWorker } from '../worker/worker-protocol.ts'
import type { SpawnWorker } from './worker-handle.ts'

const WORKER = fileURLToPath(new URL('../worker.ts', import.meta.url))

/**
 * A worker as a process under node:cluster, which shares the listening socket: a taken port is an error of the
 * first `listen`, and connections wait in the socket while a worker is replaced. Workers accept by themselves
 * (SCHED_NONE): handing each connection over in the primary would cost the platform's own event loop (ADR 0062).
 */
export const spawnProcessWorker: SpawnWorker = () => {
  cluster.schedulingPolicy = cluster.SCHED_NONE
  // Set right before the fork: another platform of this process may have set its own since.
  cluster.setupPrimary({ exec: WORKER, args: [], execArgv: [], serialization: 'json', silent: false })
  const worker = cluster.fork()
  return {
    link: {
      send: (message: ToWorker) => {
        if (worker.isConnected()) worker.send(message, () => {})
      },
      onMessage: (listener) => {
        worker.on('message', (message: FromWorker) => listener(message))
      },
    },
    onExit: (listener) => {
      worker.once('exit', (code, signal) => listener(signal ?? `code ${code}`))
    },
    kill: () => {
      worker.process.kill('SIGKILL')
    },
  }
}
