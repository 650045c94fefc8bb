import type { LedgerFile } from '../ledger.ts'
import type { Random } from '../random.ts'

/** Where a request goes, and when it is of no use any more. */
export type Sending = { apiUrl: string; key: string; random: Random; signal: AbortSignal }

export type Acknowledged = { id: string; cid: string }

/**
 * One way for content to get in. What it sends is made from the file's seed and size (`content.ts`), so that any two ways
 * that send the same numbers bring the same content.
 */
export type UploadWay = {
  name: string
  shape: LedgerFile['shape']
  /** How often it is taken, beside the others. */
  weight: number
  /** @throws UploadRefused for an answer that is no success, or what ended the connection */
  send(file: LedgerFile, sending: Sending): Promise<Acknowledged>
  /** Goes on with one that was cut off and can be (`LedgerFile.resumeAt`). */
  resume?(file: LedgerFile, sending: Sending): Promise<Acknowledged>
}
