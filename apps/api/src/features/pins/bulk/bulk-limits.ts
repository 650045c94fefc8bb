/** What one request of many lines may bring, and how much of it is one transaction. The last two are part of what an Idempotency-Key keeps. */
export const BULK_LIMITS = {
  lines: 100_000,
  lineBytes: 64 * 1024,
  chunkLines: 1_000,
  chunkBytes: 4 * 1024 * 1024,
} as const

export type BulkLimits = { readonly [name in keyof typeof BULK_LIMITS]: number } & {
  /** Filled lines that come besides, first of all: the names of a table's columns ask for nothing. */
  readonly headerLines?: number
}
