'use client'

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { deleteFile, type FilePage, listFiles } from '../api/files'
import { isSignedOut } from '../api/explain'
import { useSessionEnded } from '../session/use-session'

export const FILES = ['files'] as const

const UNSETTLED_POLL_MS = 4_000
const settled = ({ files }: FilePage): boolean =>
  files.every(({ pin }) => pin.status === 'pinned' || pin.status === 'failed')

/** The organization's files by pages; read again every few seconds while a pin is on its way. */
export const useFiles = () => {
  const sessionEnded = useSessionEnded()
  const files = useInfiniteQuery({
    queryKey: FILES,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => listFiles(pageParam, signal),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: ({ state }) => (state.data?.pages.every(settled) === false ? UNSETTLED_POLL_MS : false),
  })
  const gone = isSignedOut(files.error)
  useEffect(() => {
    if (gone) sessionEnded()
  }, [gone, sessionEnded])
  return files
}

export const useDeleteFile = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: deleteFile,
    onSettled: () => queries.invalidateQueries({ queryKey: FILES }),
  })
}
