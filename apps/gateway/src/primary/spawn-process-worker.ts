import cluster from 'node:cluster'
import { fileURLToPath } from 'node:url'
import type { FromWorker, ToWorker } from '../worker/worker-protocol.ts'
import type { SpawnWorker } from './worker-handle.ts'

const WORKER = fileURLToPath(new URL('../worker.ts', import.meta.url))

/**
 * Threads of a worker that wait for the disk. Node's own four keep a disk waiting that would do more at once: on a busy machine files that are
 * read for the first time came 1.2 to 1.6 times as fast by 16; on an idle one with a quick disk it is all the same.
 */
const READS_AT_ONCE = '16'

/**
 * What V8 gives a worker's new objects from the start, in MiB for each of two halves. From its own first half MiB it grows only as far as objects live on, so requests
 * that end at once were collected for every few dozen of them. More than this no longer fits the processor's cache beside what is sent (ADR 0167).
 * What streams and listings made it grow to is not given back for a long time: 63 MiB of a worker's memory, of which it used 6, where there was no upper bound.
 */
const NEW_SPACE = ['--min-semi-space-size=4', '--max-semi-space-size=8']

/** That node calls `node:ffi` an experiment is known, and Holdfast pins the node that it runs on (ADR 0173). */
const QUIET = ['--disable-warning=ExperimentalWarning']

/**
 * Buffers from this size on are given back to the system when they are let go (glibc, mallopt(3)). By itself the bound rises with what is let go, up to 32 MiB, and pages of
 * large listings stayed with the process in pieces.
 */
const GIVEN_BACK_BYTES = String(128 * 1024)

/**
 * A worker as a process under node:cluster. A single one shares the listening socket: a taken port is an error of the
 * first `listen`, and connections wait in the socket while it is replaced. Of several each has its own (`ownSockets`). Workers accept by themselves
 * (SCHED_NONE): handing each connection over in the primary would cost the platform's own event loop (ADR 0062).
 */
export const spawnProcessWorker: SpawnWorker = () => {
  cluster.schedulingPolicy = cluster.SCHED_NONE
  // Set right before the fork: another platform of this process may have set its own since.
  cluster.setupPrimary({
    exec: WORKER,
    args: [],
    execArgv: [...NEW_SPACE, ...QUIET],
    serialization: 'json',
    silent: false,
  })
  const worker = cluster.fork({ UV_THREADPOOL_SIZE: READS_AT_ONCE, MALLOC_MMAP_THRESHOLD_: GIVEN_BACK_BYTES })
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
