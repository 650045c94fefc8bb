import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Loaded before the platform's programs (`--import`): on SIGUSR2 a process collects its garbage, which V8 would keep as long as
 * there is memory, and tells what it holds: its heap, and what is outside of it, buffers among that.
 */
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
process.on('SIGUSR2', () => {
  collect()
  // Buffers are freed behind the collection that finds them.
  setTimeout(() => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    console.error(`bytes held: ${heapUsed + external}`)
  }, 1_000)
})
