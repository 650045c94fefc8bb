import { HoldfastError } from '@packages/shared/holdfast-error'

/** Free space is looked at once a second; when somebody makes room is anybody's guess. */
const RETRY_AFTER_SECONDS = 30

/** What is left of an upload that met a full disk. */
export type LeftBehind = 'nothing' | 'what was told is kept'

const LEFT_BEHIND: Record<LeftBehind, string> = {
  nothing: 'Nothing of this upload was kept.',
  'what was told is kept':
    'What this upload was told to have is kept: ask for its offset with HEAD, and go on from there.',
}

/** What a sender is told while the disk is full, or has less free space than `MIN_FREE_BYTES`. */
export const noSpace = (left: LeftBehind, cause?: unknown): HoldfastError =>
  new HoldfastError('insufficient_storage', {
    detail: `This platform's disk has too little free space. ${LEFT_BEHIND[left]} What is stored is served as before, and uploads are accepted again as soon as there is space.`,
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    cause,
  })
