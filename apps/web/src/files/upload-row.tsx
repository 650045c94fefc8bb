'use client'

import { explain } from '../api/explain'
import { formatBytes } from '../ui/format'
import type { UploadItem, UploadState } from './upload-queue'
import type { UploadWork } from './upload-work'

const countOf = ({ length }: { length: number }): string => (length === 1 ? '1 file' : `${length} files`)

const words = (state: UploadState, work: UploadWork): string => {
  const { size } = work
  switch (state.kind) {
    case 'waiting':
      return work.kind === 'folder' ? `Waiting · ${countOf(work.files)}` : 'Waiting'
    case 'sending':
      return `${formatBytes(Math.min(state.sent, size))} of ${formatBytes(size)}${work.kind === 'folder' ? ` · ${countOf(work.files)}` : ''}`
    case 'storing':
      return 'Making it durable…'
    case 'done':
      return work.kind === 'folder' ? `Uploaded · ${countOf(work.files)}` : 'Uploaded'
    case 'failed':
      return explain(state.error)
    case 'cancelled':
      return 'Cancelled'
  }
}

type UploadRowProps = { item: UploadItem; onCancel: () => void; onRetry: () => void; onDismiss: () => void }

export const UploadRow = ({ item: { work, visibility, state }, onCancel, onRetry, onDismiss }: UploadRowProps) => {
  const over = state.kind === 'done' || state.kind === 'failed' || state.kind === 'cancelled'
  const again = state.kind === 'failed' || state.kind === 'cancelled'
  return (
    <li className={`upload ${state.kind}`}>
      <div className="upload-head">
        <span className="upload-name" title={work.name}>
          {visibility === 'private' ? <span className="kind">Private</span> : null}
          {work.name}
        </span>
        <span className="upload-actions">
          {again ? (
            <button
              type="button"
              className="button quiet small"
              aria-label={`Try ${work.name} again`}
              onClick={onRetry}
            >
              Try again
            </button>
          ) : null}
          <button
            type="button"
            className="button quiet small"
            aria-label={`${over ? 'Dismiss' : 'Cancel'} ${work.name}`}
            onClick={over ? onDismiss : onCancel}
          >
            {over ? 'Dismiss' : 'Cancel'}
          </button>
        </span>
      </div>
      {state.kind === 'sending' ? (
        <progress aria-label={`Upload of ${work.name}`} value={state.sent} max={Math.max(state.total, 1)} />
      ) : state.kind === 'storing' ? (
        <progress aria-label={`Upload of ${work.name}`} />
      ) : null}
      <p className="upload-state" role={state.kind === 'failed' ? 'alert' : undefined}>
        {words(state, work)}
      </p>
    </li>
  )
}
