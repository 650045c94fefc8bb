import { HoldfastError } from '@packages/shared/holdfast-error'

/** Free space is looked at once a second; when somebody makes room is anybody's guess. */
const RETRY_AFTER_SECONDS = 30

/** What a sender is told while the disk is full, or has less free space than `MIN_FREE_BYTES`. */
export const noSpace = (cause?: unknown): HoldfastError =>
  new HoldfastError('insufficient_storage', {
    detail:
      "This platform's disk has too little free space. Nothing of this upload was kept. What is stored is served as before, and uploads are accepted again as soon as there is space.",
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    cause,
  })
