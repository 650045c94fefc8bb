'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { isSignedOut } from '../api/explain'
import { createLink, listLinks, makePublic, type NewLink, readFile, revokeLink } from '../api/links'
import { FILES } from '../files/use-files'
import { useSessionEnded } from '../session/use-session'

const fileKey = (id: string) => ['file', id] as const
const linksKey = (id: string) => ['links', id] as const

const useGone = (error: unknown): void => {
  const sessionEnded = useSessionEnded()
  const gone = isSignedOut(error)
  useEffect(() => {
    if (gone) sessionEnded()
  }, [gone, sessionEnded])
}

export const useFile = (id: string) => {
  const file = useQuery({ queryKey: fileKey(id), queryFn: ({ signal }) => readFile(id, signal), retry: false })
  useGone(file.error)
  return file
}

export const useLinks = (fileId: string) => {
  const links = useQuery({ queryKey: linksKey(fileId), queryFn: ({ signal }) => listLinks(fileId, signal) })
  useGone(links.error)
  return links
}

/** A change, after which the page reads again what it shows. */
const useChange = <Input, Output>(fileId: string, mutationFn: (input: Input) => Promise<Output>) => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () => {
      for (const queryKey of [fileKey(fileId), linksKey(fileId), FILES]) void queries.invalidateQueries({ queryKey })
    },
  })
}

export const useCreateLink = (fileId: string) => useChange(fileId, (link: NewLink) => createLink(fileId, link))
export const useRevokeLink = (fileId: string) => useChange(fileId, (linkId: string) => revokeLink({ fileId, linkId }))
export const useMakePublic = (fileId: string) => useChange(fileId, () => makePublic(fileId))
