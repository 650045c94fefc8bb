'use client'

import { explain } from '../api/explain'
import { formatBytes } from '../ui/format'
import type { UploadItem, UploadState } from './upload-queue'

const words = (state: UploadState, size: number): string => {
  switch (state.kind) {
    case 'waiting':
      return 'Waiting'
    case 'sending':
      return `${formatBytes(Math.min(state.sent, size))} of ${formatBytes(size)}`
    case 'storing':
      return 'Making it durable…'
    case 'done':
      return 'Uploaded'
    case 'failed':
      return explain(state.error)
    case 'cancelled':
      return 'Cancelled'
  }
}

type UploadRowProps = { item: UploadItem; onCancel: () => void; onRetry: () => void; onDismiss: () => void }

export const UploadRow = ({ item: { file, state }, onCancel, onRetry, onDismiss }: UploadRowProps) => {
  const over = state.kind === 'done' || state.kind === 'failed' || state.kind === 'cancelled'
  const again = state.kind === 'failed' || state.kind === 'cancelled'
  return (
    <li className={`upload ${state.kind}`}>
      <div className="upload-head">
        <span className="upload-name" title={file.name}>
          {file.name}
        </span>
        <span className="upload-actions">
          {again ? (
            <button
              type="button"
              className="button quiet small"
              aria-label={`Try ${file.name} again`}
              onClick={onRetry}
            >
              Try again
            </button>
          ) : null}
          <button
            type="button"
            className="button quiet small"
            aria-label={`${over ? 'Dismiss' : 'Cancel'} ${file.name}`}
            onClick={over ? onDismiss : onCancel}
          >
            {over ? 'Dismiss' : 'Cancel'}
          </button>
        </span>
      </div>
      {state.kind === 'sending' ? (
        <progress aria-label={`Upload of ${file.name}`} value={state.sent} max={Math.max(state.total, 1)} />
      ) : state.kind === 'storing' ? (
        <progress aria-label={`Upload of ${file.name}`} />
      ) : null}
      <p className="upload-state" role={state.kind === 'failed' ? 'alert' : undefined}>
        {words(state, file.size)}
      </p>
    </li>
  )
}
