import { z } from 'zod'

/** Every job's queue name and payload. Jobs are sent only on the transaction of the change they belong to. */
export const JOBS = {
  /** Take the store's references of these contents back; each has a tombstone row. */
  'release-content': z.object({ contentIds: z.array(z.string()).min(1) }),
  /** Send a mail; `sealed` (base64) opens to it, or to nothing (`sealMail`). */
  'send-mail': z.object({ id: z.string(), sealed: z.string() }),
  /** Go on with an erasure: all that is known of it stands in its row. */
  erase: z.object({ erasureId: z.string() }),
} as const

export type JobName = keyof typeof JOBS
export type JobPayload<N extends JobName> = z.infer<(typeof JOBS)[N]>
