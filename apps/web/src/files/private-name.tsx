'use client'

import { useMutation } from '@tanstack/react-query'
import { openingLink, type ListedFile } from '../api/files'
import { explain } from '../api/explain'
import { useAnnounce } from '../ui/announcer'

/** Opens a private file at the gateway, by a link of a few minutes that is made when it is asked for. */
export const PrivateName = ({ file, label = file.name }: { file: ListedFile; label?: string }) => {
  const announce = useAnnounce()
  const open = useMutation({
    mutationFn: () => openingLink(file.id),
    onSuccess: (url) => window.open(url, '_blank', 'noopener,noreferrer'),
    onError: (error) => announce(explain(error)),
  })
  return (
    <button
      type="button"
      className="link"
      disabled={open.isPending}
      title={`Open ${file.name} at the gateway`}
      onClick={() => open.mutate()}
    >
      {label}
    </button>
  )
}
