import { PrivateContentDamaged } from '@packages/content/private/private-content-damaged'
import { MissingBlockError } from '@packages/content/unixfs/dag-errors'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ErrorCode } from '@packages/shared/error-catalogue'
import { BackendError, type BackendErrorCode, type FetchLimits } from '../pin-backend.ts'

const CODES: Partial<Record<ErrorCode, BackendErrorCode>> = {
  incomplete_dag: 'incomplete_dag',
  insufficient_storage: 'no_space',
  unsupported_cid: 'unsupported_cid',
  payload_too_large: 'limit_blocks',
  invalid_car: 'corrupt_dag',
  invalid_dag: 'corrupt_dag',
  invalid_request: 'corrupt_dag',
  truncated_body: 'corrupt_dag',
}

/** What the store or the CAR reader threw, as the port has it. */
export const asBackendError = (error: unknown): BackendError => {
  if (error instanceof BackendError) return error
  if (error instanceof PrivateContentDamaged) return new BackendError('corrupt_dag', error.message, { cause: error })
  const code = error instanceof HoldfastError ? CODES[error.code] : undefined
  if (code === undefined) return new BackendError('node_error', 'The store failed.', { cause: error })
  return new BackendError(code, error instanceof Error ? error.message : String(error), { cause: error })
}

/** The same for what reading a private content from nodes throws: that they do not give a block now says nothing of the store. */
export const asListError = (error: unknown): BackendError => {
  if (error instanceof BackendError || error instanceof HoldfastError || error instanceof PrivateContentDamaged)
    return asBackendError(error)
  if (error instanceof MissingBlockError)
    return new BackendError('incomplete_dag', 'A block of it is not there.', { cause: error })
  return new BackendError('node_error', 'The content could not be read from its nodes.', { cause: error })
}

/** Reading a source failed: what it threw is the caller's, not the store's. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure'
}

/** @throws SourceFailure with what the source threw as its cause */
export async function* asSource(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source
  } catch (cause) {
    throw new SourceFailure('The source failed.', { cause })
  }
}

/** @throws BackendError `limit_bytes` when more comes, `stalled` when nothing comes for too long; the signal's reason */
export async function* withinLimits(
  source: AsyncIterable<Uint8Array>,
  { maxBytes, stallMs, signal }: Pick<FetchLimits, 'maxBytes' | 'stallMs'> & { signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]()
  let left = maxBytes
  try {
    for (;;) {
      const next = await withinTime(chunks.next(), stallMs, signal)
      if (next.done === true) return
      left -= next.value.length
      if (left < 0) throw new BackendError('limit_bytes', `It has more than ${maxBytes} bytes.`)
      yield next.value
    }
  } finally {
    // Not waited for: a source that stalls would never answer.
    void chunks.return?.().catch(() => undefined)
  }
}

const withinTime = async <T>(work: Promise<T>, ms: number, signal: AbortSignal): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(reject, ms, new BackendError('stalled', 'Nothing more came.'))
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
