import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger, LedgerFile } from './ledger.ts'
import type { Random } from './random.ts'
import { askGateway, type Served } from './verify.ts'

export type ReaderOptions = {
  gatewayUrl: string
  ledger: Ledger
  random: Random
  /** What was read of a file that was there before and after it was read. */
  onRead: (file: LedgerFile, served: Served) => void
}

export type Readers = { reads: number; end(): Promise<void> }

const LANES = 2
const PAUSE_MS = 10

/** Clients that read acknowledged files from the gateway, one after the other, until they are ended. */
export const startReaders = ({ gatewayUrl, ledger, random, onRead }: ReaderOptions): Readers => {
  const ended = new AbortController()
  const readers: Readers = {
    reads: 0,
    end: async () => {
      ended.abort()
      await running
    },
  }
  const lane = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const file = random.pick(ledger.in('there'))
      if (file !== undefined) {
        const served = await askGateway(gatewayUrl, file).catch((error: unknown) => ({
          kind: 'error' as const,
          detail: `no answer: ${error instanceof Error ? error.message : String(error)}`,
        }))
        // A deletion may have come in between; a file that is being deleted is nobody's promise.
        if (file.state === 'there' && !ended.signal.aborted) onRead(file, served)
        readers.reads += 1
      }
      await sleep(PAUSE_MS)
    }
  }
  const running = Promise.all(Array.from({ length: LANES }, lane))
  return readers
}
