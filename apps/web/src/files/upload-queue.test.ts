import { expect, test } from 'vitest'
import { nextToSend, type UploadItem, type UploadState, uploadQueue } from './upload-queue.ts'
import { fileWork } from './upload-work.ts'

const item = (id: number, state: UploadState): UploadItem => ({
  id,
  work: fileWork(new File(['x'], `${id}.txt`)),
  visibility: 'public',
  state,
})
const sending: UploadState = { kind: 'sending', sent: 0, total: 1 }

test('two uploads run at once, the others wait for their turn in order', () => {
  const items = [1, 2, 3, 4].map((id) => item(id, { kind: 'waiting' }))
  expect(nextToSend(items, 2).map(({ id }) => id)).toEqual([1, 2])
  const running = uploadQueue(items, { kind: 'change', id: 1, state: sending })
  expect(nextToSend(running, 2).map(({ id }) => id)).toEqual([2])
  const full = uploadQueue(running, { kind: 'change', id: 2, state: { kind: 'storing' } })
  expect(nextToSend(full, 2)).toEqual([])
})

test('a failed upload is sent again only on request', () => {
  const failed = [item(1, { kind: 'failed', error: new Error('no') })]
  expect(nextToSend(failed, 2)).toEqual([])
  expect(nextToSend(uploadQueue(failed, { kind: 'retry', id: 1 }), 2)).toHaveLength(1)
})

test('what is done can be cleared without touching the rest', () => {
  const items = [item(1, { kind: 'done', cid: 'bafkqaaa' }), item(2, sending), item(3, { kind: 'failed', error: null })]
  expect(uploadQueue(items, { kind: 'dismiss-done' }).map(({ id }) => id)).toEqual([2, 3])
  expect(uploadQueue(items, { kind: 'dismiss', id: 3 }).map(({ id }) => id)).toEqual([1, 2])
})
