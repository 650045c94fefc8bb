import type { ListedFile } from '../api/files'

const MEANING: Record<ListedFile['pin']['status'], { word: string; title: string }> = {
  queued: { word: 'Queued', title: 'Waits for a place that can hold it' },
  pinning: { word: 'Pinning', title: 'Is being fetched or copied' },
  pinned: { word: 'Pinned', title: 'Held by as many nodes as asked for' },
  degraded: { word: 'Degraded', title: 'Held, but by fewer nodes than asked for' },
  failed: { word: 'Failed', title: 'Could not be held' },
}

export const StatusBadge = ({ status }: { status: ListedFile['pin']['status'] }) => (
  <span className={`badge ${status}`} title={MEANING[status].title}>
    {MEANING[status].word}
  </span>
)
