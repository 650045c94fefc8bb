import { setTimeout as sleep } from 'node:timers/promises'
import { Refused } from './call-api.ts'

/**
 * A server's error, and an answer that is lost, is no promise: it is asked again, as clients do.
 * @throws Refused at once for what is the caller's own mistake; the last error when nothing else comes for so long
 */
export const insist = async <T>(ask: () => Promise<T>, forMs: number): Promise<T> => {
  for (const end = performance.now() + forMs; ; await sleep(200)) {
    try {
      return await ask()
    } catch (error) {
      if ((error instanceof Refused && error.status < 500) || performance.now() > end) throw error
    }
  }
}
