'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useReducer, useRef } from 'react'
import { upload } from '../api/files'
import type { Visibility } from '../api/read-me'
import { isSignedOut } from '../api/explain'
import { useSessionEnded } from '../session/use-session'
import { FILES } from './use-files'
import { isActive, nextToSend, type UploadItem, uploadQueue } from './upload-queue'
import type { UploadWork } from './upload-work'

const AT_ONCE = 2

/** The queue of this page's uploads: add files and folders, see each one's progress, cancel, try again, dismiss. */
export const useUploads = () => {
  const queries = useQueryClient()
  const sessionEnded = useSessionEnded()
  const [items, dispatch] = useReducer(uploadQueue, [])
  const nextId = useRef(1)
  const running = useRef(new Map<number, AbortController>())

  const send = useCallback(
    async ({ id, work, visibility }: UploadItem) => {
      const controller = new AbortController()
      running.current.set(id, controller)
      dispatch({ kind: 'change', id, state: { kind: 'sending', sent: 0, total: work.size } })
      try {
        const onProgress = (sent: number, total: number) =>
          dispatch({ kind: 'change', id, state: sent < total ? { kind: 'sending', sent, total } : { kind: 'storing' } })
        const { file: stored } = await upload({ work, visibility }, onProgress, controller.signal)
        dispatch({ kind: 'change', id, state: { kind: 'done', cid: stored.cid } })
        await queries.invalidateQueries({ queryKey: FILES })
      } catch (error) {
        dispatch({
          kind: 'change',
          id,
          state: controller.signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', error },
        })
        if (isSignedOut(error)) sessionEnded()
      } finally {
        running.current.delete(id)
      }
    },
    [queries, sessionEnded],
  )

  useEffect(() => {
    for (const item of nextToSend(items, AT_ONCE)) if (!running.current.has(item.id)) void send(item)
  }, [items, send])

  const busy = items.some(({ state }) => isActive(state) || state.kind === 'waiting')
  useEffect(() => {
    if (!busy) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [busy])

  return {
    items,
    add: (works: Iterable<UploadWork>, visibility: Visibility) =>
      dispatch({
        kind: 'add',
        items: Array.from(works, (work) => ({ id: nextId.current++, work, visibility, state: { kind: 'waiting' } })),
      }),
    cancel: (id: number) => {
      const controller = running.current.get(id)
      if (controller === undefined) dispatch({ kind: 'dismiss', id })
      else controller.abort()
    },
    retry: (id: number) => dispatch({ kind: 'retry', id }),
    dismiss: (id: number) => dispatch({ kind: 'dismiss', id }),
    dismissDone: () => dispatch({ kind: 'dismiss-done' }),
  }
}
