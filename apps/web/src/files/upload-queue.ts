import type { Visibility } from '../api/read-me'
import type { UploadWork } from './upload-work'

export type UploadState =
  | { kind: 'waiting' }
  | { kind: 'sending'; sent: number; total: number }
  /** Every byte is sent; the platform is making it durable. */
  | { kind: 'storing' }
  | { kind: 'done'; cid: string }
  | { kind: 'failed'; error: unknown }
  | { kind: 'cancelled' }

/** `visibility`: as it was chosen when it was added. */
export type UploadItem = { id: number; work: UploadWork; visibility: Visibility; state: UploadState }

export type UploadAction =
  | { kind: 'add'; items: UploadItem[] }
  | { kind: 'change'; id: number; state: UploadState }
  | { kind: 'retry'; id: number }
  | { kind: 'dismiss'; id: number }
  | { kind: 'dismiss-done' }

export const isActive = ({ kind }: UploadState): boolean => kind === 'sending' || kind === 'storing'

/** Pure: what happened to the queue of uploads, in order. */
export const uploadQueue = (items: UploadItem[], action: UploadAction): UploadItem[] => {
  switch (action.kind) {
    case 'add':
      return [...items, ...action.items]
    case 'change':
      return items.map((item) => (item.id === action.id ? { ...item, state: action.state } : item))
    case 'retry':
      return items.map((item) => (item.id === action.id ? { ...item, state: { kind: 'waiting' } } : item))
    case 'dismiss':
      return items.filter((item) => item.id !== action.id)
    case 'dismiss-done':
      return items.filter((item) => item.state.kind !== 'done')
  }
}

/** The uploads to begin now, so that `limit` run at once. */
export const nextToSend = (items: UploadItem[], limit: number): UploadItem[] => {
  const free = limit - items.filter((item) => isActive(item.state)).length
  return items.filter((item) => item.state.kind === 'waiting').slice(0, Math.max(0, free))
}
