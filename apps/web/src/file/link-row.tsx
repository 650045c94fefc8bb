'use client'

import { useState } from 'react'
import type { ListedLink } from '../api/links'
import { useAnnounce } from '../ui/announcer'
import { formatTime } from '../ui/format'
import { ProblemNotice } from '../ui/problem-notice'
import { useRevokeLink } from './use-file'

const downloadsOf = ({ downloads, maxDownloads }: ListedLink): string => {
  if (maxDownloads !== null) return `${downloads} of ${maxDownloads} downloads`
  return downloads === 1 ? '1 download' : `${downloads} downloads`
}

const factsOf = (link: ListedLink): string =>
  [`until ${formatTime(link.expiresAt)}`, downloadsOf(link), link.hasPassword ? 'with a password' : '']
    .filter((fact) => fact !== '')
    .join(' · ')

const RevokeQuestion = ({ fileId, link, onKeep }: { fileId: string; link: ListedLink; onKeep: () => void }) => {
  const revoke = useRevokeLink(fileId)
  const announce = useAnnounce()
  return (
    <>
      <p>It opens nothing any more then, and downloads that run are cut.</p>
      {revoke.isError ? <ProblemNotice error={revoke.error} /> : null}
      <div className="actions">
        <button
          type="button"
          className="button danger small"
          disabled={revoke.isPending}
          onClick={() => revoke.mutate(link.id, { onSuccess: () => announce('The link is revoked') })}
        >
          Revoke
        </button>
        <button type="button" className="button quiet small" autoFocus onClick={onKeep}>
          Keep it
        </button>
      </div>
    </>
  )
}

export const LinkRow = ({ fileId, link }: { fileId: string; link: ListedLink }) => {
  const [isAsking, setIsAsking] = useState(false)
  const name = link.name === '' ? 'Link without a name' : link.name
  return (
    <li className="entry">
      <div>
        <strong>{name}</strong>
        <p className="hint">{factsOf(link)}</p>
        {isAsking ? <RevokeQuestion fileId={fileId} link={link} onKeep={() => setIsAsking(false)} /> : null}
      </div>
      {isAsking ? null : (
        <button
          type="button"
          className="button quiet danger small"
          aria-label={`Revoke ${name}`}
          onClick={() => setIsAsking(true)}
        >
          Revoke
        </button>
      )}
    </li>
  )
}
